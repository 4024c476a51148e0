#define _GNU_SOURCE
#include "clinux.h"

#include <malloc.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { batch = 256 };

int clx_send_frames(int socket, const uint8_t *bytes, const uint32_t *lengths, unsigned int count) {
    struct mmsghdr messages[batch];
    struct iovec vectors[batch];
    unsigned int sent = 0;
    while (sent < count) {
        unsigned int n = count - sent < batch ? count - sent : batch;
        const uint8_t *next = bytes;
        memset(messages, 0, n * sizeof messages[0]);
        for (unsigned int i = 0; i < n; i++) {
            vectors[i].iov_base = (void *)next;
            vectors[i].iov_len = lengths[sent + i];
            next += lengths[sent + i];
            messages[i].msg_hdr.msg_iov = &vectors[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        int done = sendmmsg(socket, messages, n, 0);
        if (done < 0) {
            if (errno == EINTR) continue;
            return sent > 0 ? (int)sent : -1;
        }
        for (int i = 0; i < done; i++) bytes += lengths[sent++];
    }
    return (int)sent;
}

// Closes a socket that could not be set up, without losing the reason.
static int give_up(int socket) {
    int reason = errno;
    close(socket);
    errno = reason;
    return -1;
}

static int attach(int socket, const struct sock_filter *filter, unsigned short length) {
    struct sock_fprog program = {length, (struct sock_filter *)filter};
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

// Room for 10,000 frames that a slow interface has not taken yet; the default holds some 270. The forced form needs
// CAP_NET_ADMIN; without it the system's limit decides.
static void widen(int socket, int forced, int plain, int bytes) {
    if (setsockopt(socket, SOL_SOCKET, forced, &bytes, sizeof bytes) < 0)
        (void)setsockopt(socket, SOL_SOCKET, plain, &bytes, sizeof bytes);
}

int clx_attach_filter(int socket, const struct sock_filter *filter, unsigned short length) {
    return attach(socket, filter, length);
}

int clx_packet_socket(uint16_t protocol, int interface_index, const struct sock_filter *filter, unsigned short length) {
    // Protocol 0 receives nothing: bind() below names the protocol once the filter is in place.
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    if (attach(s, filter, length) < 0) return give_up(s);
    widen(s, SO_SNDBUFFORCE, SO_SNDBUF, 8 << 20);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = interface_index};
    if (bind(s, (struct sockaddr *)&address, sizeof address) < 0) return give_up(s);
    return s;
}

int clx_sink_socket(
    int interface_index, const struct sock_filter *filter, unsigned short length, int receive_buffer) {
    // SOCK_DGRAM: packets start with their network header. ETH_P_ALL, because no other protocol shows what leaves.
    int s = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = interface_index};
    if (attach(s, filter, length) < 0
        || setsockopt(s, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) < 0
        || bind(s, (struct sockaddr *)&address, sizeof address) < 0)
        return give_up(s);
    return s;
}

int clx_interface_mac(const char *name, uint8_t *mac) {
    struct ifreq request = {0};
    if (strlen(name) >= sizeof request.ifr_name) {
        errno = ENODEV;
        return -1;
    }
    strcpy(request.ifr_name, name);
    int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    if (ioctl(s, SIOCGIFHWADDR, &request) < 0) return give_up(s);
    close(s);
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
        errno = EINVAL;
        return -1;
    }
    memcpy(mac, request.ifr_hwaddr.sa_data, 6);
    return 0;
}

unsigned int clx_packet_drops(int socket) {
    struct tpacket_stats statistics = {0};
    socklen_t size = sizeof statistics;
    if (getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) < 0) return 0;
    return statistics.tp_drops;
}

int clx_raw_ipv4_socket(void) { return socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW); }

static int set(int s, int level, int option, int value) { return setsockopt(s, level, option, &value, sizeof value); }

static int join_ipv4(int s, int interface_index, const uint8_t *group) {
    struct ip_mreqn membership = {.imr_ifindex = interface_index};
    memcpy(&membership.imr_multiaddr, group, 4);
    return set(s, IPPROTO_IP, IP_TTL, 255) < 0 || set(s, IPPROTO_IP, IP_MULTICAST_TTL, 255) < 0
                || set(s, IPPROTO_IP, IP_MULTICAST_LOOP, 0) < 0
                || set(s, IPPROTO_IP, IP_MULTICAST_ALL, 0) < 0
                || setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &membership, sizeof membership) < 0
                || setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) < 0
            ? -1 : 0;
}

static int join_ipv6(int s, int interface_index, const uint8_t *group) {
    struct ipv6_mreq membership = {.ipv6mr_interface = (unsigned int)interface_index};
    memcpy(&membership.ipv6mr_multiaddr, group, 16);
    return set(s, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0 || set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255) < 0
                || set(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255) < 0 || set(s, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) < 0
                || set(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, interface_index) < 0
                || setsockopt(s, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &membership, sizeof membership) < 0
            ? -1 : 0;
}

int clx_hello_socket(
    int family, const char *interface_name, int interface_index, uint16_t port, const uint8_t *group,
    const struct sock_filter *filter, unsigned short length) {
    int s = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    if (attach(s, filter, length) < 0) return give_up(s);
    if (setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, interface_name, (socklen_t)strlen(interface_name) + 1) < 0
        || set(s, SOL_SOCKET, SO_REUSEADDR, 1) < 0)
        return give_up(s);
    struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (family == AF_INET) {
        if (join_ipv4(s, interface_index, group) < 0 || bind(s, (struct sockaddr *)&any4, sizeof any4) < 0) return give_up(s);
    } else {
        if (join_ipv6(s, interface_index, group) < 0 || bind(s, (struct sockaddr *)&any6, sizeof any6) < 0) return give_up(s);
    }
    return s;
}

void clx_trim_heap(void) {
    malloc_trim(0);
}

int clx_multicast_source(int socket, int interface_index, const uint8_t *address) {
    struct ip_mreqn source = {.imr_ifindex = interface_index};
    memcpy(&source.imr_address, address, 4);
    return setsockopt(socket, IPPROTO_IP, IP_MULTICAST_IF, &source, sizeof source);
}

int clx_bfd_receiver(int family, uint16_t port, const struct sock_filter *filter, unsigned short length) {
    int s = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    if (attach(s, filter, length) < 0) return give_up(s);
    struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int failed = family == AF_INET
        ? bind(s, (struct sockaddr *)&any4, sizeof any4) < 0
        : set(s, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0 || bind(s, (struct sockaddr *)&any6, sizeof any6) < 0;
    return failed ? give_up(s) : s;
}

// RFC 5881 4: one source port for a session, of the ephemeral range; those that other sessions have are stepped over.
static int bind_sender(int s, int family, const uint8_t *local, int interface_index) {
    for (uint32_t port = 49152; port <= 65535; port++) {
        struct sockaddr_in from4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        struct sockaddr_in6 from6 = {
            .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_scope_id = (uint32_t)interface_index};
        int done;
        if (family == AF_INET) {
            memcpy(&from4.sin_addr, local, 4);
            done = bind(s, (struct sockaddr *)&from4, sizeof from4);
        } else {
            memcpy(&from6.sin6_addr, local, 16);
            done = bind(s, (struct sockaddr *)&from6, sizeof from6);
        }
        if (done == 0) return 0;
        if (errno != EADDRINUSE) return -1;
    }
    return -1;
}

int clx_bfd_sender(int family, const uint8_t *local, int interface_index, const char *interface_name) {
    int s = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -1;
    int failed = family == AF_INET
        ? set(s, IPPROTO_IP, IP_TTL, 255) < 0 || set(s, IPPROTO_IP, IP_TOS, 0xC0) < 0
        : set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255) < 0 || set(s, IPPROTO_IPV6, IPV6_TCLASS, 0xC0) < 0;
    if (failed) return give_up(s);
    if (interface_index != 0
        && setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, interface_name, (socklen_t)strlen(interface_name) + 1) < 0)
        return give_up(s);
    return bind_sender(s, family, local, interface_index) < 0 ? give_up(s) : s;
}

ssize_t clx_send_datagram(
    int socket, int family, const uint8_t *address, int interface_index, uint16_t port, const uint8_t *bytes,
    size_t length) {
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    // The scope is looked at for link-local destinations only, which all of ours are or may be.
    struct sockaddr_in6 to6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = (uint32_t)interface_index};
    const struct sockaddr *to;
    socklen_t size;
    if (family == AF_INET) {
        memcpy(&to4.sin_addr, address, 4);
        to = (const struct sockaddr *)&to4;
        size = sizeof to4;
    } else {
        memcpy(&to6.sin6_addr, address, 16);
        to = (const struct sockaddr *)&to6;
        size = sizeof to6;
    }
    ssize_t sent;
    do sent = sendto(socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, to, size);
    while (sent < 0 && errno == EINTR);
    return sent;
}

int clx_effective_capabilities(uint64_t *mask) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return -1;
    *mask = (uint64_t)data[1].effective << 32 | data[0].effective;
    return 0;
}

int clx_setns_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }
int clx_unshare_network(void) { return unshare(CLONE_NEWNET); }

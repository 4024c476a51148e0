// The few calls and macros of Linux that Swift does not import: function-like macros, _GNU_SOURCE functions, variadic ones.
#pragma once

#include <net/if.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Sends frames that stand one behind the other in `bytes`, with as few sendmmsg(2) calls as it takes. Returns how many
/// were taken, or -1 with errno if none was.
int clx_send_frames(int socket, const uint8_t *bytes, const uint32_t *lengths, unsigned int count);

/// A packet socket of that protocol (host order, e.g. ETH_P_ARP), bound to an interface, non-blocking, close-on-exec, with
/// a filter attached before it is bound, so that nothing unfiltered is ever queued. -1 with errno.
int clx_packet_socket(uint16_t protocol, int interface_index, const struct sock_filter *filter, unsigned short length);

/// A packet socket that sees IPv4 and all else that is sent out of an interface, each from its network header on, with a
/// filter attached and a receive buffer of that many bytes; non-blocking, close-on-exec. -1 with errno.
int clx_sink_socket(
    int interface_index, const struct sock_filter *filter, unsigned short length, int receive_buffer);

/// The Ethernet address of an interface of the calling thread's network namespace. 0, or -1 and errno: ENODEV, or EINVAL
/// if it is not Ethernet.
int clx_interface_mac(const char *name, uint8_t *mac);

/// How many packets a packet socket had no room for since this was last asked; 0 also for any other socket.
unsigned int clx_packet_drops(int socket);

/// A socket that sends IPv4 datagrams with their own header, and receives nothing; non-blocking, close-on-exec.
/// -1 with errno.
int clx_raw_ipv4_socket(void);

/// A UDP socket for link-local multicast on one interface: SO_BINDTODEVICE, TTL or hop limit 255, no loopback, group joined,
/// filter attached. family is AF_INET or AF_INET6; group is 4 or 16 bytes. -1 with errno.
int clx_hello_socket(
    int family, const char *interface_name, int interface_index, uint16_t port, const uint8_t *group,
    const struct sock_filter *filter, unsigned short length);

/// Gives the heap's free pages back to the kernel (malloc_trim(3)).
void clx_trim_heap(void);

/// The address of an interface that an IPv4 socket's multicast leaves from. By itself the kernel takes the interface's
/// first address, which may be a VIP: addresses of link scope come before all others. -1 with errno.
int clx_multicast_source(int socket, int interface_index, const uint8_t *address);

/// Sends one datagram to an address of 4 or 16 bytes without waiting; a raw socket's has no port (0). -1 with errno.
ssize_t clx_send_datagram(
    int socket, int family, const uint8_t *address, int interface_index, uint16_t port, const uint8_t *bytes,
    size_t length);

/// A UDP socket that receives BFD packets of a family on a port, with a filter attached before it is bound. -1 with errno.
int clx_bfd_receiver(int family, uint16_t port, const struct sock_filter *filter, unsigned short length);

/// A UDP socket that sends BFD packets from a local address of 4 or 16 bytes and a port of 49152 to 65535 that the call
/// chooses: TTL or hop limit 255, CS6; bound to an interface if its index is not 0. -1 with errno.
int clx_bfd_sender(int family, const uint8_t *local, int interface_index, const char *interface_name);

/// Attaches a filter in place of the one the socket has. -1 with errno.
int clx_attach_filter(int socket, const struct sock_filter *filter, unsigned short length);

/// The process's effective capabilities as a bit mask, or -1 with errno.
int clx_effective_capabilities(uint64_t *mask);

/// Moves the calling thread into the network namespace of an open descriptor, or into a new one.
int clx_setns_network(int descriptor);
int clx_unshare_network(void);

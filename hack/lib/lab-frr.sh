# shellcheck shell=bash
# FRRouting as the lab's router.

frr_folder=$state/frr

write_frr_configuration() {
  local node address
  : >"$frr_folder/zebra.conf"
  printf 'bfd\n profile fast\n  transmit-interval 50\n  receive-interval 50\n  detect-multiplier 3\n' >"$frr_folder/bfdd.conf"
  {
    cat <<CONF
log file $frr_folder/log
router bgp 64512
 bgp router-id 192.168.122.1
 no bgp ebgp-requires-policy
 neighbor edge peer-group
 neighbor edge remote-as 64513
 neighbor edge password pole-and-ring
 neighbor edge timers 3 9
 neighbor edge timers connect 1
 neighbor edge passive
 neighbor edge bfd profile fast
CONF
    for node in "${nodes[@]}"; do
      address=192.168.122.1$(node_number "$node")
      echo " neighbor $address peer-group edge"
    done
    printf ' address-family ipv4 unicast\n  maximum-paths 8\n'
  } >"$frr_folder/bgpd.conf"
}

frr_up() {
  local daemon options
  need_router_packages frr
  # its user has to reach the folder
  chmod 755 "$state" && mkdir -p "$frr_folder" && chown frr:frr "$frr_folder" || return 1
  write_frr_configuration
  for daemon in zebra bfdd bgpd; do
    options=()
    [ $daemon != bfdd ] || options=(--bfdctl "$frr_folder/bfdd.sock")
    [ $daemon != bgpd ] || options=(-p 179)
    start "frr-$daemon" router /usr/lib/frr/$daemon -u frr -g frr -P 0 -f "$frr_folder/$daemon.conf" \
      -i "$frr_folder/$daemon.pid" -z "$frr_folder/zserv.api" --vty_socket "$frr_folder" "${options[@]}"
    wait_for 10 "FRR's $daemon answers" [ -S "$frr_folder/$daemon.vty" ] || return 1
  done
}

frr_says() {
  local daemon=$1
  shift
  on router vtysh --vty_socket "$frr_folder" -d "$daemon" -c "$*"
}

# As the kernel calls the routes of FRR.
frr_protocol() { echo bgp; }
frr_bfd_count() { frr_says bfdd show bfd peers | grep -c 'Status: up'; }
frr_session_count() { frr_says bgpd show bgp summary json | jq '[.ipv4Unicast.peers[] | select(.state == "Established")] | length'; }
frr_has_community() { frr_says bgpd show bgp ipv4 unicast "$1/32" | grep -q "Community: $2"; }

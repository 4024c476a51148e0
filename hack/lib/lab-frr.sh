# shellcheck shell=bash
# FRRouting as the lab's router.

source "$root/hack/lib/frr.sh"

frr_state=$state/frr

write_frr_configuration() {
  local node address
  {
    cat <<CONF
log file $frr_state/log
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
  } >"$frr_state/bgpd.conf"
}

frr_up() {
  local daemon
  need_router_packages frr
  # its user has to reach the folder
  chmod 755 "$state" && frr_folder "$frr_state" || return 1
  write_frr_configuration
  for daemon in zebra bfdd bgpd; do
    frr_command $daemon "$frr_state"
    start "frr-$daemon" router "${frr_words[@]}"
    wait_for 10 "FRR's $daemon answers" [ -S "$frr_state/$daemon.vty" ] || return 1
  done
}

frr_says() {
  local daemon=$1
  shift
  on router vtysh --vty_socket "$frr_state" -d "$daemon" -c "$*"
}

# As the kernel calls the routes of FRR.
frr_protocol() { echo bgp; }
frr_bfd_count() { frr_says bfdd show bfd peers | grep -c 'Status: up'; }
frr_session_count() { frr_says bgpd show bgp summary json | jq '[.ipv4Unicast.peers[] | select(.state == "Established")] | length'; }
frr_has_community() { frr_says bgpd show bgp ipv4 unicast "$1/32" | has "Community: $2"; }

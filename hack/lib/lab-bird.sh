# shellcheck shell=bash
# BIRD as the lab's router.

write_bird_configuration() {
  cat >"$state/bird.conf" <<CONF
log "$state/bird.log" all;
router id 192.168.122.1;
protocol device {}
protocol kernel { merge paths on; ipv4 { import none; export where source = RTS_BGP; }; }
protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }
protocol bgp edge {
  local 192.168.122.1 as 64512;
  neighbor range 192.168.122.0/24 as 64513;
  direct;
  password "pole-and-ring";
  dynamic name "edge";
  hold time 9;
  bfd on;
  error wait time 1,2;
  graceful restart aware;
  ipv4 { import all; export none; };
}
# For peers without addresses: found by its advertisements, and by way of link-local addresses alone.
protocol radv { interface "eth0" { max ra interval 4; default lifetime 0; }; }
protocol bgp unnumbered {
  local as 64512;
  neighbor range fe80::/10 as 64513;
  interface "eth0";
  direct;
  dynamic name "unnumbered";
  ipv4 { import all; export none; extended next hop on; };
}
CONF
}

birdc_lab() { on router birdc -s "$state/bird.ctl" "$@"; }

bird_up() {
  need_router_packages bird2
  write_bird_configuration
  start bird router bird -f -c "$state/bird.conf" -s "$state/bird.ctl" -P "$state/bird.birdpid"
  wait_for 10 "BIRD answers" birdc_lab show status
}

# As the kernel calls the routes of BIRD.
bird_protocol() { echo bird; }
bird_bfd_count() { birdc_lab show bfd sessions | grep -c ' Up '; }
bird_session_count() { birdc_lab show protocols | grep -c Established; }
bird_has_community() { birdc_lab show route all "$1/32" | has "(${2/:/,})"; }

# shellcheck shell=bash
# FRRouting without an init system, in a folder of its own: what lab and benches share.

# frr_folder FOLDER: makes it, for FRR's user; with a profile of BFD, `fast`: 50 ms three times.
frr_folder() {
  mkdir -p "$1" && chown frr:frr "$1" || return 1
  : >"$1/zebra.conf"
  printf 'bfd\n profile fast\n  transmit-interval 50\n  receive-interval 50\n  detect-multiplier 3\n' >"$1/bfdd.conf"
}

# frr_command DAEMON FOLDER: the words of the command that runs it, in `frr_words`; it is ready when FOLDER/DAEMON.vty is there.
# To be started in this order: zebra, bfdd, bgpd.
frr_command() {
  frr_words=(/usr/lib/frr/"$1" -u frr -g frr -P 0 -f "$2/$1.conf" -i "$2/$1.pid" -z "$2/zserv.api" --vty_socket "$2")
  case $1 in
    bfdd) frr_words+=(--bfdctl "$2/bfdd.sock") ;;
    bgpd) frr_words+=(-p 179) ;;
  esac
}

#!/bin/sh
# What a newcomer does: a fresh clone of what is committed, nothing built in it, and one command.
set -eu
cd "$(git rev-parse --show-toplevel)"
here=$PWD
clone=$here/target/show/clone
unset CARGO_TARGET_DIR DISPLAY WAYLAND_DISPLAY
case ${1:-} in
test)
    rm -rf "$clone"
    git clone --quiet --no-hardlinks . "$clone"
    cd "$clone"
    exec cargo xtask test
    ;;
terminal)
    cd "$clone"
    exec cargo xtask start
    ;;
window)
    exec python3 "$here/src-tauri/xtask/src/show/window.py" "$clone" "$here/target/show/02/start.png"
    ;;
*)
    echo "usage: clone.sh test|terminal|window" >&2
    exit 2
    ;;
esac

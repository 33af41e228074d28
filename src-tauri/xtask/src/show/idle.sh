#!/bin/sh
# What an idle window costs beside an empty one. Usage: idle.sh PROFILE, from the top of the checkout.
set -eu
both="--package app --package sealroad-desktop --profile $1"
# Lists of words on purpose.
# shellcheck disable=SC2086
cargo build --quiet $both --bins --example empty-window
# shellcheck disable=SC2086
SEALROAD_LONG=1 cargo test --quiet $both --test e2e_desktop a_window_left_alone -- --nocapture

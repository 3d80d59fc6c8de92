#!/bin/sh
# Builds all targets with a stable toolchain: the coverage of LLVM is a pass that needs no nightly. They are then in
# target/x86_64-unknown-linux-gnu/release/, and take libFuzzer's options: `csv corpus/csv -max_total_time=600`.
pass='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-trace-compares'
kept='-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table'
export RUSTFLAGS="--cfg fuzzing $pass $kept -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1"
exec cargo build --release --target x86_64-unknown-linux-gnu --bins "$@"

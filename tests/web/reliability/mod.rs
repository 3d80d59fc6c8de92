//! What was acknowledged is stored, exactly once, whatever happens to a process, a node, a database or a disk. Each test prints
//! its numbers, which are kept in `docs/reliability.md`; `support::measured::times` says how to ask for more repetitions.

mod clock;
mod disk;
mod failover;
mod nodes;
mod power;
mod told_to_end;

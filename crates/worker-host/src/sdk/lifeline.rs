//! The lifeline: when the host is gone, however it went, the worker ends at once with everything
//! it started.

use std::{io, thread};

use rustix::{
    event::{PollFd, PollFlags, poll},
    process::{Signal, getpgrp, getpid, kill_current_process_group},
};

/// Watches standard input from a thread of its own, so that neither a busy runtime nor unread
/// input hides that the other end is closed.
pub(super) fn watch() -> io::Result<()> {
    thread::Builder::new()
        .name("lifeline".into())
        .stack_size(64 * 1024)
        .spawn(|| {
            let stdin = io::stdin();
            loop {
                let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
                match poll(&mut fds, None) {
                    Ok(_) if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => end(),
                    Ok(_) | Err(rustix::io::Errno::INTR) => {}
                    Err(_) => end(),
                }
            }
        })?;
    Ok(())
}

fn end() -> ! {
    // Only the leader of a group may take the group with it: started by hand from a shell, the
    // group is the shell's.
    if getpgrp() == getpid() && kill_current_process_group(Signal::KILL).is_ok() {
        thread::park();
    }
    std::process::exit(0)
}

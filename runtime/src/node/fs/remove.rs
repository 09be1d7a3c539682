//! `rm`: files and whole trees.

use crate::node::binder::Binder;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::arguments::{c_path, flag, float, int, path};
use super::stat::{is_folder, of_link};
use super::{Arguments, Operation, Returned, errno_of, perform};
use crate::pool::{Outcome, Value};

/// Errors that may go away by themselves.
const WORTH_RETRYING: [i32; 5] = [libc::EBUSY, libc::EMFILE, libc::ENFILE, libc::ENOTEMPTY, libc::EPERM];

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("removeTree", remove_tree);
}

struct Retries {
    count_max: u32,
    delay: Duration,
}

/// `removeTree(path, retries, delayMs, force, callback)`: a file, or a folder with all that is in it.
fn remove_tree<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let path = path(scope, &args, 0);
    let delay = Duration::from_millis(float(&args, 2).max(0.0) as u64);
    let (retries, force) = (Retries { count_max: int(&args, 1).max(0) as u32, delay }, flag(&args, 3));
    let tree = path.clone();
    perform(scope, &args, rv, 4, Operation::on_path("fs.rmSync", &path), move || match remove(&tree, &retries) {
        Err(libc::ENOENT) if force => Ok(Value::Undefined),
        outcome => outcome,
    });
}

/// Depth first without recursion, so that a deep tree needs no deep stack.
fn remove(tree: &Path, retries: &Retries) -> Outcome {
    if !is_folder(&of_link(&c_path(tree)?)?) {
        return patiently(retries, || std::fs::remove_file(tree));
    }
    let mut stack: Vec<(PathBuf, bool)> = vec![(tree.to_path_buf(), false)];
    while let Some((path, emptied)) = stack.pop() {
        if emptied {
            patiently(retries, || std::fs::remove_dir(&path))?;
            continue;
        }
        let entries = std::fs::read_dir(&path).map_err(|error| errno_of(&error))?;
        stack.push((path, true));
        for entry in entries {
            let entry = entry.map_err(|error| errno_of(&error))?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                stack.push((entry.path(), false));
            } else {
                patiently(retries, || std::fs::remove_file(entry.path()))?;
            }
        }
    }
    Ok(Value::Undefined)
}

/// Repeats what failed for a passing reason, each time after a longer wait. What is gone already is as good as removed.
fn patiently(retries: &Retries, mut attempt: impl FnMut() -> std::io::Result<()>) -> Outcome {
    for count in 0.. {
        let Err(error) = attempt() else { break };
        match errno_of(&error) {
            libc::ENOENT => break,
            errno if WORTH_RETRYING.contains(&errno) && count < retries.count_max => {
                std::thread::sleep(retries.delay * (count + 1));
            }
            errno => return Err(errno),
        }
    }
    Ok(Value::Undefined)
}

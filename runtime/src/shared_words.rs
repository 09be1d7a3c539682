//! A few 32-bit words that JavaScript and the loop both read and write, so that neither has to call the other to ask
//! whether there is work. JavaScript sees them as the `Uint32Array` `binding('loop').words`.

use std::ptr::NonNull;

/// What each word counts; `internal/loop_words.js` has the same list.
#[derive(Clone, Copy)]
#[repr(usize)]
pub enum Word {
    /// `process.nextTick` callbacks are queued.
    TicksQueued = 0,
    /// A promise was rejected without a handler, or got one afterwards.
    RejectionsWaiting = 1,
    /// Immediates for the next check phase.
    ImmediatesQueued = 2,
    /// How many immediates keep the process alive.
    ImmediatesRefed = 3,
    /// Immediates that are left of this check phase.
    ImmediatesLeft = 4,
    /// The running callback's id, for what JavaScript queues itself (the low 32 bits).
    CurrentCallback = 5,
    /// Not 0 while somebody wants to know what is scheduled where: JavaScript then reports what it queues.
    Observed = 6,
}

const COUNT: usize = 8;

pub struct SharedWords {
    base: NonNull<u32>,
    /// Keeps the memory at `base`.
    _memory: v8::SharedRef<v8::BackingStore>,
}

impl SharedWords {
    /// The array that JavaScript sees.
    pub fn make<'s>(scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        let buffer = v8::ArrayBuffer::new(scope, COUNT * 4);
        v8::Uint32Array::new(scope, buffer, 0, COUNT).expect("the buffer is long enough").into()
    }

    /// The words in the memory of the array that `make` made, maybe in the process that built the snapshot.
    pub fn over(memory: v8::SharedRef<v8::BackingStore>) -> SharedWords {
        assert_eq!(memory.byte_length(), COUNT * 4, "the snapshot is of this program");
        let base = memory.data().expect("the store is not empty").cast();
        SharedWords { base, _memory: memory }
    }

    #[inline]
    pub fn get(&self, word: Word) -> u32 {
        // SAFETY: see `at`.
        unsafe { self.at(word).read() }
    }

    #[inline]
    pub fn set(&self, word: Word, value: u32) {
        // SAFETY: see `at`.
        unsafe { self.at(word).write(value) }
    }

    /// A live, aligned word: the store holds COUNT of them, every `Word` is below that, and only this thread uses it.
    #[inline]
    fn at(&self, word: Word) -> *mut u32 {
        self.base.as_ptr().wrapping_add(word as usize)
    }
}

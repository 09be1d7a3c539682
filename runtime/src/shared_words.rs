//! Memory that JavaScript and Rust both read and write in place, as typed arrays. The loop's words are one: a few 32-bit
//! numbers, so that neither side has to call the other to ask whether there is work. JavaScript sees them as the
//! `Uint32Array` `binding('loop').words`.

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
    /// The second of the wall clock, Unix time, in which the loop looked at its own clock last; 0 before it has.
    WallSecond = 7,
    /// Not 0 while a client of the inspector wants to know of the program's requests.
    Network = 8,
}

const COUNT: usize = 16;

/// A typed array of JavaScript's, of which this thread reads and writes the elements in place.
pub struct SharedArray<T> {
    base: NonNull<T>,
    length: usize,
    /// Keeps the memory at `base`.
    _memory: v8::SharedRef<v8::BackingStore>,
}

impl<T: Copy> SharedArray<T> {
    /// Over the memory of an array which begins where its buffer does and has `length` elements.
    pub fn over(memory: v8::SharedRef<v8::BackingStore>, length: usize) -> SharedArray<T> {
        assert_eq!(memory.byte_length(), length * size_of::<T>(), "the snapshot is of this program");
        let base = memory.data().expect("the store is not empty").cast();
        SharedArray { base, length, _memory: memory }
    }

    #[inline]
    pub fn get(&self, index: usize) -> T {
        assert!(index < self.length);
        // SAFETY: the store, which lives as long as this, has `length` aligned elements, and only this thread uses it.
        unsafe { self.base.add(index).read() }
    }

    #[inline]
    pub fn set(&self, index: usize, value: T) {
        assert!(index < self.length);
        // SAFETY: as above.
        unsafe { self.base.add(index).write(value) }
    }
}

pub struct SharedWords(SharedArray<u32>);

impl SharedWords {
    /// The array that JavaScript sees.
    pub fn make<'s>(scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        let buffer = v8::ArrayBuffer::new(scope, COUNT * size_of::<u32>());
        v8::Uint32Array::new(scope, buffer, 0, COUNT).expect("the buffer is long enough").into()
    }

    /// The words in the memory of the array that `make` made, maybe in the process that built the snapshot.
    pub fn over(memory: v8::SharedRef<v8::BackingStore>) -> SharedWords {
        SharedWords(SharedArray::over(memory, COUNT))
    }

    #[inline]
    pub fn get(&self, word: Word) -> u32 {
        self.0.get(word as usize)
    }

    #[inline]
    pub fn set(&self, word: Word, value: u32) {
        self.0.set(word as usize, value);
    }
}

//! The executable: nothing but the runtime, and what the build has prepared for its start.

/// V8 reads words of it.
#[repr(align(16))]
struct Aligned<T>(T);

static SNAPSHOT: Aligned<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin")).len()]> =
    Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin")));

static BYTECODE: Aligned<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/bytecode.bin")).len()]> =
    Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/bytecode.bin")));

fn main() {
    rondo_runtime::main(&SNAPSHOT.0, &BYTECODE.0)
}

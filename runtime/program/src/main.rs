//! The executable: nothing but the runtime, and the snapshot from which it starts.

/// V8 reads words of the snapshot.
#[repr(align(16))]
struct Aligned<T>(T);

static SNAPSHOT: Aligned<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin")).len()]> =
    Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin")));

fn main() {
    rondo_runtime::main(&SNAPSHOT.0)
}

//! The executable: nothing but the runtime.

fn main() {
    rondo_runtime::main()
}

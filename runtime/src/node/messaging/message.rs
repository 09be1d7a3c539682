//! A value on its way: its bytes as V8 writes them, the memory that moves or is shared, the ports that move with it.

use std::cell::RefCell;
use std::rc::Rc;

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use super::{End, hook, throw_clone_error, throw_clone_error_text};

/// What stands before each object that JavaScript described; room for other kinds later.
const DESCRIBED: u32 = 0;

/// Memory that may cross threads.
struct Memory(v8::SharedRef<v8::BackingStore>);

// SAFETY: a backing store's reference count is atomic. Its bytes are either shared memory, which is made for this, or
// belong to this message alone, since the buffer they came from was detached.
unsafe impl Send for Memory {}

pub struct Message {
    bytes: Vec<u8>,
    moved: Vec<Memory>,
    shared: Vec<Memory>,
    modules: Vec<v8::CompiledWasmModule>,
    pub ports: Vec<End>,
}

/// What the writer meets on its way and cannot be written as bytes.
#[derive(Default)]
struct Aside {
    shared: Vec<Memory>,
    modules: Vec<v8::CompiledWasmModule>,
}

struct Writer(Rc<RefCell<Aside>>);

impl v8::ValueSerializerImpl for Writer {
    fn throw_data_clone_error<'s>(&self, scope: &mut v8::PinScope<'s, '_>, message: v8::Local<'s, v8::String>) {
        throw_clone_error(scope, message);
    }

    fn has_custom_host_object(&self, _: &v8::Isolate) -> bool {
        true
    }

    fn is_host_object<'s>(&self, scope: &mut v8::PinScope<'s, '_>, object: v8::Local<'s, v8::Object>) -> Option<bool> {
        let mark = v8::String::new(scope, CLONE_MARK).expect("short");
        let mark = v8::Symbol::for_key(scope, mark);
        Some(object.get(scope, mark.into())?.is_true())
    }

    fn write_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
        serializer: &dyn v8::ValueSerializerHelper,
    ) -> Option<bool> {
        let describe = hook(scope, |hooks| &hooks.describe);
        let receiver = v8::undefined(scope).into();
        let description = describe.call(scope, receiver, &[object.into()])?;
        serializer.write_uint32(DESCRIBED);
        serializer.write_value(scope.get_current_context(), description)
    }

    fn get_shared_array_buffer_id<'s>(
        &self,
        _: &mut v8::PinScope<'s, '_>,
        buffer: v8::Local<'s, v8::SharedArrayBuffer>,
    ) -> Option<u32> {
        let mut aside = self.0.borrow_mut();
        aside.shared.push(Memory(buffer.get_backing_store()));
        Some(aside.shared.len() as u32 - 1)
    }

    fn get_wasm_module_transfer_id(
        &self,
        _: &mut v8::PinScope<'_, '_>,
        module: v8::Local<v8::WasmModuleObject>,
    ) -> Option<u32> {
        let mut aside = self.0.borrow_mut();
        aside.modules.push(module.get_compiled_module());
        Some(aside.modules.len() as u32 - 1)
    }
}

/// The symbol under which a class says that JavaScript describes its objects; `internal/transferable.js` has it too.
const CLONE_MARK: &str = "rondo.clone";

impl Message {
    /// Writes `value`; the array buffers in the array `buffers` are moved. `None` if an exception is pending.
    pub fn write<'s>(
        scope: &mut v8::PinScope<'s, '_>,
        value: v8::Local<'s, v8::Value>,
        buffers: v8::Local<'s, v8::Value>,
    ) -> Option<Message> {
        let buffers = array_buffers(scope, buffers)?;
        let aside = Rc::new(RefCell::new(Aside::default()));
        let context = scope.get_current_context();
        let serializer = v8::ValueSerializer::new(scope, Box::new(Writer(aside.clone())));
        serializer.write_header();
        for (i, buffer) in buffers.iter().enumerate() {
            serializer.transfer_array_buffer(i as u32, *buffer);
        }
        serializer.write_value(context, value)?;
        let bytes = serializer.release();
        drop(serializer);
        let mut moved = Vec::new();
        for buffer in buffers {
            moved.push(Memory(buffer.get_backing_store()));
            buffer.detach(None);
        }
        let Aside { shared, modules } = aside.take();
        Some(Message { bytes, moved, shared, modules, ports: Vec::new() })
    }

    /// The value, with `ports` (JavaScript's objects) in the places of those that came along.
    pub fn read<'s>(
        self,
        scope: &mut v8::PinScope<'s, '_>,
        ports: v8::Local<'s, v8::Value>,
    ) -> Option<v8::Local<'s, v8::Value>> {
        let Message { bytes, moved, shared, modules, .. } = self;
        let context = scope.get_current_context();
        let reader = Reader { shared, modules, ports: v8::Global::new(scope, ports) };
        let deserializer = v8::ValueDeserializer::new(scope, Box::new(reader), &bytes);
        deserializer.read_header(context)?;
        for (i, memory) in moved.iter().enumerate() {
            let buffer = v8::ArrayBuffer::with_backing_store(scope, &memory.0);
            deserializer.transfer_array_buffer(i as u32, buffer);
        }
        deserializer.read_value(context)
    }
}

/// The buffers of an array, each of which can be moved, and stands there once.
fn array_buffers<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    list: v8::Local<'s, v8::Value>,
) -> Option<Vec<v8::Local<'s, v8::ArrayBuffer>>> {
    let Ok(list) = v8::Local::<v8::Array>::try_from(list) else { return Some(Vec::new()) };
    let mut buffers = Vec::new();
    for i in 0..list.length() {
        let item = list.get_index(scope, i)?;
        let Ok(buffer) = v8::Local::<v8::ArrayBuffer>::try_from(item) else { continue };
        if !buffer.is_detachable() || buffer.was_detached() {
            throw_clone_error_text(scope, "An ArrayBuffer is detached and could not be cloned.");
            return None;
        }
        if buffers.contains(&buffer) {
            throw_clone_error_text(scope, "Transfer list contains duplicate ArrayBuffer");
            return None;
        }
        buffers.push(buffer);
    }
    Some(buffers)
}

struct Reader {
    shared: Vec<Memory>,
    modules: Vec<v8::CompiledWasmModule>,
    ports: v8::Global<v8::Value>,
}

impl v8::ValueDeserializerImpl for Reader {
    fn read_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        deserializer: &dyn v8::ValueDeserializerHelper,
    ) -> Option<v8::Local<'s, v8::Object>> {
        let mut kind = DESCRIBED;
        if !deserializer.read_uint32(&mut kind) || kind != DESCRIBED {
            return None;
        }
        let description = deserializer.read_value(scope.get_current_context())?;
        // V8 reads without JavaScript; only core modules run here.
        v8::allow_javascript_execution_scope!(let scope, scope);
        let revive = hook(scope, |hooks| &hooks.revive);
        let receiver = v8::undefined(scope).into();
        let ports = v8::Local::new(scope, &self.ports);
        let revived = revive.call(scope, receiver, &[description, ports])?;
        v8::Local::<v8::Object>::try_from(revived).ok()
    }

    fn get_shared_array_buffer_from_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        id: u32,
    ) -> Option<v8::Local<'s, v8::SharedArrayBuffer>> {
        let memory = self.shared.get(id as usize)?;
        Some(v8::SharedArrayBuffer::with_backing_store(scope, &memory.0))
    }

    fn get_wasm_module_from_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        id: u32,
    ) -> Option<v8::Local<'s, v8::WasmModuleObject>> {
        v8::WasmModuleObject::from_compiled_module(scope, self.modules.get(id as usize)?)
    }
}

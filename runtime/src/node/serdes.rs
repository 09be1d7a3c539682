//! `binding('serdes')`: V8's serializer and deserializer as objects that JavaScript drives: the native half of
//! `v8.Serializer` and `v8.Deserializer`. Each is a number here; JavaScript gives it back with `close…`.

use crate::node::binder::Binder;
use std::cell::RefCell;
use std::rc::Rc;

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use crate::node::buffer::view::{View, index};
use crate::node::throw;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

struct Reading {
    deserializer: v8::ValueDeserializer<'static>,
    /// What the deserializer points into.
    bytes: Box<[u8]>,
}

thread_local! {
    static WRITERS: RefCell<Vec<Option<Rc<v8::ValueSerializer<'static>>>>> = const { RefCell::new(Vec::new()) };
    static READERS: RefCell<Vec<Option<Rc<Reading>>>> = const { RefCell::new(Vec::new()) };
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("openWriter", open_writer);
    to.function("closeWriter", close_writer);
    to.function("writeHeader", write_header);
    to.function("writeValue", write_value);
    to.function("writeUint32", write_uint32);
    to.function("writeUint64", write_uint64);
    to.function("writeDouble", write_double);
    to.function("writeRawBytes", write_raw_bytes);
    to.function("writeTransferred", write_transferred);
    to.function("treatViewsAsHostObjects", treat_views_as_host_objects);
    to.function("release", release);
    to.function("openReader", open_reader);
    to.function("closeReader", close_reader);
    to.function("readHeader", read_header);
    to.function("readValue", read_value);
    to.function("readUint32", read_uint32);
    to.function("readUint64", read_uint64);
    to.function("readDouble", read_double);
    to.function("readRawBytes", read_raw_bytes);
    to.function("readTransferred", read_transferred);
    to.function("wireFormatVersion", wire_format_version);
}

fn keep<T>(places: &RefCell<Vec<Option<Rc<T>>>>, item: T) -> u32 {
    let mut places = places.borrow_mut();
    let number = places.iter().position(Option::is_none).unwrap_or(places.len());
    if number == places.len() {
        places.push(None);
    }
    places[number] = Some(Rc::new(item));
    number as u32
}

fn writer(args: &Arguments<'_>) -> Option<Rc<v8::ValueSerializer<'static>>> {
    WRITERS.with_borrow(|writers| writers.get(index(args.get(0)))?.clone())
}

fn reader(args: &Arguments<'_>) -> Option<Rc<Reading>> {
    READERS.with_borrow(|readers| readers.get(index(args.get(0)))?.clone())
}

/// The JavaScript object whose methods answer what V8 asks.
struct Delegate(v8::Global<v8::Object>);

impl Delegate {
    fn call<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        name: &str,
        arguments: &[v8::Local<'s, v8::Value>],
    ) -> Option<v8::Local<'s, v8::Value>> {
        let object = v8::Local::new(scope, &self.0);
        let key = v8::String::new(scope, name).expect("names are short");
        let method = object.get(scope, key.into())?;
        match v8::Local::<v8::Function>::try_from(method) {
            Ok(method) => method.call(scope, object.into(), arguments),
            Err(_) => {
                throw(scope, "ERR_METHOD_NOT_IMPLEMENTED", &format!("The {name}() method is not implemented"));
                None
            }
        }
    }
}

impl v8::ValueSerializerImpl for Delegate {
    fn throw_data_clone_error<'s>(&self, scope: &mut v8::PinScope<'s, '_>, message: v8::Local<'s, v8::String>) {
        if let Some(error) = self.call(scope, "_getDataCloneError", &[message.into()]) {
            scope.throw_exception(error);
        }
    }

    fn write_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
        _: &dyn v8::ValueSerializerHelper,
    ) -> Option<bool> {
        self.call(scope, "_writeHostObject", &[object.into()]).map(|_| true)
    }

    fn get_shared_array_buffer_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        buffer: v8::Local<'s, v8::SharedArrayBuffer>,
    ) -> Option<u32> {
        self.call(scope, "_getSharedArrayBufferId", &[buffer.into()])?.uint32_value(scope)
    }
}

impl v8::ValueDeserializerImpl for Delegate {
    fn read_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        _: &dyn v8::ValueDeserializerHelper,
    ) -> Option<v8::Local<'s, v8::Object>> {
        // V8 reads without JavaScript, but this is what the caller asked for.
        v8::allow_javascript_execution_scope!(let scope, scope);
        let object = self.call(scope, "_readHostObject", &[])?;
        match v8::Local::<v8::Object>::try_from(object) {
            Ok(object) => Some(object),
            Err(_) => {
                let message = v8::String::new(scope, "readHostObject must return an object").expect("short");
                let error = v8::Exception::type_error(scope, message);
                scope.throw_exception(error);
                None
            }
        }
    }
}

fn delegate(scope: &mut v8::PinScope<'_, '_>, object: v8::Local<'_, v8::Value>) -> Box<Delegate> {
    let object = v8::Local::<v8::Object>::try_from(object).expect("core modules pass an object");
    Box::new(Delegate(v8::Global::new(scope, object)))
}

/// `openWriter(delegate)`
fn open_writer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let delegate = delegate(scope, args.get(0));
    let serializer = v8::ValueSerializer::new(scope, delegate);
    rv.set_uint32(WRITERS.with(|writers| keep(writers, serializer)));
}

fn close_writer<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let gone = WRITERS.with_borrow_mut(|writers| writers.get_mut(index(args.get(0))).and_then(Option::take));
    drop(gone);
}

fn write_header<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    if let Some(writer) = writer(&args) {
        writer.write_header();
    }
}

fn write_value<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(writer) = writer(&args) else { return };
    if let Some(written) = writer.write_value(scope.get_current_context(), args.get(1)) {
        rv.set_bool(written);
    }
}

fn write_uint32<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    if let (Some(writer), Some(value)) = (writer(&args), args.get(1).uint32_value(scope)) {
        writer.write_uint32(value);
    }
}

fn write_uint64<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let Some(writer) = writer(&args) else { return };
    if let (Some(high), Some(low)) = (args.get(1).uint32_value(scope), args.get(2).uint32_value(scope)) {
        writer.write_uint64(u64::from(high) << 32 | u64::from(low));
    }
}

fn write_double<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    if let (Some(writer), Some(value)) = (writer(&args), args.get(1).number_value(scope)) {
        writer.write_double(value);
    }
}

fn write_raw_bytes<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    if let (Some(writer), Some(view)) = (writer(&args), View::of(args.get(1))) {
        writer.write_raw_bytes(view.bytes());
    }
}

fn write_transferred<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let (Some(writer), Some(id)) = (writer(&args), args.get(1).uint32_value(scope)) else { return };
    if let Ok(buffer) = v8::Local::<v8::ArrayBuffer>::try_from(args.get(2)) {
        writer.transfer_array_buffer(id, buffer);
    }
}

fn treat_views_as_host_objects<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    if let Some(writer) = writer(&args) {
        writer.set_treat_array_buffer_views_as_host_objects(args.get(1).is_true());
    }
}

/// `release(writer)`: the bytes, in an ArrayBuffer of their own.
fn release<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(writer) = writer(&args) else { return };
    let store = v8::ArrayBuffer::new_backing_store_from_vec(writer.release()).make_shared();
    rv.set(v8::ArrayBuffer::with_backing_store(scope, &store).into());
}

/// `openReader(delegate, view)`
fn open_reader<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(view) = View::of(args.get(1)) else { return throw(scope, "ERR_INVALID_ARG_TYPE", "no view") };
    let bytes: Box<[u8]> = view.bytes().into();
    let delegate = delegate(scope, args.get(0));
    let deserializer = v8::ValueDeserializer::new(scope, delegate, &bytes);
    deserializer.set_supports_legacy_wire_format(true);
    rv.set_uint32(READERS.with(|readers| keep(readers, Reading { deserializer, bytes })));
}

fn close_reader<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let gone = READERS.with_borrow_mut(|readers| readers.get_mut(index(args.get(0))).and_then(Option::take));
    drop(gone);
}

fn read_header<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(reading) = reader(&args) else { return };
    if let Some(read) = reading.deserializer.read_header(scope.get_current_context()) {
        rv.set_bool(read);
    }
}

fn read_value<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(reading) = reader(&args) else { return };
    if let Some(value) = reading.deserializer.read_value(scope.get_current_context()) {
        rv.set(value);
    }
}

fn read_uint32<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let mut value = 0;
    match reader(&args) {
        Some(reading) if reading.deserializer.read_uint32(&mut value) => rv.set_uint32(value),
        _ => throw(scope, "", "ReadUint32() failed"),
    }
}

/// `[high, low]`
fn read_uint64<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let mut value = 0;
    match reader(&args) {
        Some(reading) if reading.deserializer.read_uint64(&mut value) => {
            let halves = [(value >> 32) as u32, value as u32];
            let halves = halves.map(|half| v8::Integer::new_from_unsigned(scope, half).into());
            rv.set(v8::Array::new_with_elements(scope, &halves).into());
        }
        _ => throw(scope, "", "ReadUint64() failed"),
    }
}

fn read_double<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let mut value = 0.0;
    match reader(&args) {
        Some(reading) if reading.deserializer.read_double(&mut value) => rv.set_double(value),
        _ => throw(scope, "", "ReadDouble() failed"),
    }
}

/// `readRawBytes(reader, length)`: where they start.
fn read_raw_bytes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(reading) = reader(&args) else { return };
    match reading.deserializer.read_raw_bytes(index(args.get(1))) {
        Some(bytes) => rv.set_double((bytes.as_ptr().addr() - reading.bytes.as_ptr().addr()) as f64),
        None => throw(scope, "", "ReadRawBytes() failed"),
    }
}

fn read_transferred<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let (Some(reading), Some(id)) = (reader(&args), args.get(1).uint32_value(scope)) else { return };
    if let Ok(buffer) = v8::Local::<v8::ArrayBuffer>::try_from(args.get(2)) {
        reading.deserializer.transfer_array_buffer(id, buffer);
    } else if let Ok(buffer) = v8::Local::<v8::SharedArrayBuffer>::try_from(args.get(2)) {
        reading.deserializer.transfer_shared_array_buffer(id, buffer);
    }
}

fn wire_format_version<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    if let Some(reading) = reader(&args) {
        rv.set_uint32(reading.deserializer.get_wire_format_version());
    }
}

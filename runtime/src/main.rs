fn main(){ v8::V8::initialize_platform(v8::new_default_platform(0,false).make_shared()); v8::V8::initialize(); println!("{}", v8::V8::get_version()); }

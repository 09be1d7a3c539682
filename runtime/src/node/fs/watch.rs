//! Watching files and folders by inotify.

pub fn bind<'s>(_: &mut v8::PinScope<'s, '_>, _: v8::Local<'s, v8::Object>) {}

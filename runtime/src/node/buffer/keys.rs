//! The property names of an object without its indices, which on a large Buffer are too many to list.

use super::throw;
use v8::{GetPropertyNamesArgs, IndexFilter, KeyCollectionMode, PropertyFilter};

/// `ownNonIndexKeys(object, onlyEnumerable)`: an array of names and symbols.
pub fn own_non_index_keys<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue<'_>,
) {
    let Ok(object) = v8::Local::<v8::Object>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "argument must be an object");
    };
    let filter = if args.get(1).is_true() { PropertyFilter::ONLY_ENUMERABLE } else { PropertyFilter::ALL_PROPERTIES };
    let wanted = GetPropertyNamesArgs {
        mode: KeyCollectionMode::OwnOnly,
        property_filter: filter,
        index_filter: IndexFilter::SkipIndices,
        ..Default::default()
    };
    // `None` means that a proxy's trap threw; that exception is the answer.
    if let Some(names) = object.get_property_names(scope, wanted) {
        rv.set(names.into());
    }
}

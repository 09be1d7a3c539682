//! How a value of the program reads on one line.

use serde_json::Value;

/// Letters of a string inside another value.
const INNER_LETTERS_MAX: usize = 100;

/// A remote object as it is shown: `'text'`, `3`, `Point {x: 1, y: 2}`, `ƒ name(a, b)`.
pub fn value(object: &Value) -> String {
    match object["type"].as_str().unwrap_or("undefined") {
        "string" => quoted(object["value"].as_str().unwrap_or("")),
        "undefined" => "undefined".to_owned(),
        "function" => function(object),
        "object" if object["subtype"] == "null" => "null".to_owned(),
        "object" => of_object(object),
        _ => plain(object),
    }
}

/// The type as the editor shows it.
pub fn kind(object: &Value) -> Option<String> {
    let class = object["className"].as_str().or_else(|| object["type"].as_str());
    class.map(str::to_owned)
}

/// Without quotes around strings: for output and the clipboard.
pub fn text(object: &Value) -> String {
    match object["value"].as_str() {
        Some(text) if object["type"] == "string" => text.to_owned(),
        _ => value(object),
    }
}

fn plain(object: &Value) -> String {
    if let Some(text) = object["unserializableValue"].as_str().or_else(|| object["description"].as_str()) {
        return text.to_owned();
    }
    object["value"].to_string()
}

pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\\' => shown.push_str("\\\\"),
            character if character == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            character => shown.push(character),
        }
    }
    shown.push(quote);
    shown
}

fn function(object: &Value) -> String {
    let description = object["description"].as_str().unwrap_or("function");
    if description.starts_with("class") {
        let head = description.split('{').next().unwrap_or(description);
        return head.trim().to_owned();
    }
    let first = description.lines().next().unwrap_or(description);
    let head = first.split(" {").next().unwrap_or(first).trim_end_matches('{').trim();
    match head.strip_prefix("async function") {
        Some(rest) => format!("async ƒ {}", rest.trim()),
        None => format!("ƒ {}", head.strip_prefix("function").unwrap_or(head).trim()),
    }
}

fn of_object(object: &Value) -> String {
    let description = object["description"].as_str().unwrap_or("Object");
    if let Some("error" | "date" | "regexp" | "proxy") = object["subtype"].as_str() {
        return description.to_owned();
    }
    let preview = &object["preview"];
    if preview.is_null() {
        return description.to_owned();
    }
    let is_list = matches!(object["subtype"].as_str(), Some("array" | "typedarray"));
    let mut parts: Vec<String> = Vec::new();
    for property in preview["properties"].as_array().into_iter().flatten() {
        let name = property["name"].as_str().unwrap_or("");
        let shown = previewed(property);
        let is_index = is_list && name.parse::<u32>().is_ok();
        parts.push(if is_index { shown } else { format!("{name}: {shown}") });
    }
    for entry in preview["entries"].as_array().into_iter().flatten() {
        let shown = of_preview(&entry["value"]);
        parts.push(if entry["key"].is_null() { shown } else { format!("{} => {shown}", of_preview(&entry["key"])) });
    }
    if preview["overflow"] == true {
        parts.push("…".to_owned());
    }
    let inner = parts.join(", ");
    match (is_list, description) {
        (true, _) => format!("{description} [{inner}]"),
        (false, "Object") => format!("{{{inner}}}"),
        (false, _) => format!("{description} {{{inner}}}"),
    }
}

/// A value inside a preview that has a preview of its own.
fn of_preview(object: &Value) -> String {
    match object["type"].as_str() {
        Some("string") => quoted(object["description"].as_str().unwrap_or("")),
        _ => object["description"].as_str().unwrap_or("").to_owned(),
    }
}

fn previewed(property: &Value) -> String {
    let shown = property["value"].as_str().unwrap_or("");
    match property["type"].as_str() {
        Some("string") => {
            let cut: String = shown.chars().take(INNER_LETTERS_MAX).collect();
            quoted(&cut)
        }
        Some("function") => "ƒ".to_owned(),
        Some("accessor") => "(…)".to_owned(),
        Some("object") if property["subtype"] != "null" => match shown {
            "Object" => "{…}".to_owned(),
            shown => shown.to_owned(),
        },
        _ => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(object: Value, expected: &str) {
        assert_eq!(value(&object), expected);
    }

    #[test]
    fn values_read_as_they_are_written() {
        check(json!({ "type": "string", "value": "it's\n" }), "\"it's\\n\"");
        check(json!({ "type": "number", "value": 1.5, "description": "1.5" }), "1.5");
        check(json!({ "type": "bigint", "unserializableValue": "1n", "description": "1n" }), "1n");
        check(json!({ "type": "boolean", "value": true }), "true");
        check(json!({ "type": "object", "subtype": "null", "value": null }), "null");
        check(json!({ "type": "undefined" }), "undefined");
        check(json!({ "type": "function", "description": "function f(a) {\n}" }), "ƒ f(a)");
        check(json!({ "type": "function", "description": "class A extends B {\n}" }), "class A extends B");
        check(json!({ "type": "function", "description": "() => 1" }), "ƒ () => 1");
    }

    #[test]
    fn objects_show_what_is_in_them() {
        let properties = json!([{ "name": "0", "type": "number", "value": "1" }, { "name": "x", "type": "object", "value": "Object" }]);
        let preview = json!({ "properties": properties, "overflow": true });
        let list = json!({ "type": "object", "subtype": "array", "description": "Array(9)", "preview": preview });
        check(list, "Array(9) [1, x: {…}, …]");
        let entries = json!([{ "key": { "type": "string", "description": "a" }, "value": { "type": "number", "description": "1" } }]);
        let map =
            json!({ "type": "object", "subtype": "map", "description": "Map(1)", "preview": { "entries": entries } });
        check(map, "Map(1) {'a' => 1}");
    }
}

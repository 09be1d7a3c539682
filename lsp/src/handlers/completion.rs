//! Completion of `node:` modules, of relative paths, and of the members of Node's modules. Reads the line before the
//! cursor, since a line that is being written seldom parses.

use rondo_analysis::analysis::Analysis;
use rondo_analysis::api::{self, Api};
use rondo_analysis::resolve;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::placed;
use crate::main_loop::State;

/// Entries of a folder that are offered.
const ENTRIES_MAX: usize = 500;

pub fn complete(state: &mut State, params: &CompletionParams) -> Result<Option<CompletionResponse>> {
    let Some((document, analysis, offset)) = placed(state, &params.text_document_position) else { return Ok(None) };
    let line = document.text.line_of(offset);
    let start = document.text.line_start(line) as usize;
    let before = &document.text.as_str()[start..offset as usize];
    let whole = document.text.line(line).unwrap_or("");
    let items = if let Some(written) = specifier(before) {
        let folder = document.path.as_deref().and_then(|path| path.parent());
        if written.starts_with('.') {
            folder.map(|folder| paths(folder, written)).unwrap_or_default()
        } else {
            modules()
        }
    } else if let Some(module) = named_imports(before, whole) {
        members(&module)
    } else if let Some(object) = object_before_dot(before) {
        path_of(&analysis, object).map(|path| members(&path)).unwrap_or_default()
    } else {
        return Ok(None);
    };
    Ok(Some(CompletionResponse::Array(items)))
}

/// What is written so far of the module's name in `require('…`, `import '…`, `from '…`, `import('…`.
fn specifier(before: &str) -> Option<&str> {
    let quote = before.rfind(['\'', '"'])?;
    let head = before[..quote].trim_end();
    let written = &before[quote + 1..];
    let opens = ["require(", "import(", "from", "import", "getBuiltinModule("].iter().any(|end| head.ends_with(end));
    opens.then_some(written)
}

/// The module of `import { | } from 'fs'` and `const { | } = require('fs')`.
fn named_imports(before: &str, whole: &str) -> Option<String> {
    let open = before.rfind('{')?;
    let head = before[..open].trim();
    if before[open..].contains('}') || !matches!(head.split_whitespace().next()?, "import" | "const" | "let" | "var") {
        return None;
    }
    let after = whole.get(before.len()..)?;
    let rest = &after[after.find('}')?..];
    let quote = rest.find(['\'', '"'])?;
    let name = rest[quote + 1..].split(['\'', '"']).next()?;
    let name = name.strip_prefix("node:").unwrap_or(name);
    api::MODULES.contains(&name).then(|| name.to_owned())
}

/// `fs.promises` of `await fs.promises.rea`.
fn object_before_dot(before: &str) -> Option<&str> {
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$' | '.' | '?');
    let start = before.char_indices().rev().take_while(|(_, character)| is_name(*character)).last()?.0;
    let (object, _) = before[start..].rsplit_once('.')?;
    Some(object.trim_end_matches('?')).filter(|object| !object.is_empty())
}

fn path_of(analysis: &Analysis, object: &str) -> Option<String> {
    let mut names = object.split('.').map(|name| name.trim_end_matches('?'));
    let first = names.next()?;
    let declared = analysis.bindings.iter().any(|binding| binding.name == first && binding.scope.is_some());
    let first = match analysis.path_of_name(first) {
        Some(path) => path.to_owned(),
        None if !declared && api::is_global(first) => first.to_owned(),
        None => return None,
    };
    Some(names.fold(first, |object, name| resolve::join(&object, name)))
}

fn members(module: &str) -> Vec<CompletionItem> {
    api::members(module).map(|(name, api)| member(name, api)).collect()
}

fn member(name: &str, api: &Api) -> CompletionItem {
    let first = api.says.split(['.', ';']).next().unwrap_or("");
    CompletionItem {
        label: name.to_owned(),
        kind: Some(CompletionItemKind::FUNCTION),
        detail: Some(if api.behaviour.blocks() { format!("blocks the loop · {first}") } else { first.to_owned() }),
        documentation: Some(Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: api.markdown(),
        })),
        // What blocks comes after what does not.
        sort_text: Some(format!("{}{name}", if api.behaviour.blocks() { 'z' } else { 'a' })),
        ..CompletionItem::default()
    }
}

fn modules() -> Vec<CompletionItem> {
    let item = |name: &&str| CompletionItem {
        label: format!("node:{name}"),
        filter_text: Some(format!("node:{name} {name}")),
        kind: Some(CompletionItemKind::MODULE),
        ..CompletionItem::default()
    };
    api::MODULES.iter().map(item).collect()
}

fn paths(folder: &std::path::Path, written: &str) -> Vec<CompletionItem> {
    let (down, _) = written.rsplit_once('/').unwrap_or((written, ""));
    let Ok(entries) = std::fs::read_dir(folder.join(down)) else { return Vec::new() };
    let items = entries.flatten().take(ENTRIES_MAX).filter_map(|entry| {
        let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
        let is_folder = entry.file_type().ok()?.is_dir();
        let kind = if is_folder { CompletionItemKind::FOLDER } else { CompletionItemKind::FILE };
        Some(CompletionItem { label: name, kind: Some(kind), ..CompletionItem::default() })
    });
    let mut items: Vec<CompletionItem> = items.collect();
    items.sort_by(|a, b| a.label.cmp(&b.label));
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_cursor() {
        assert_eq!(specifier("const a = require('no"), Some("no"));
        assert_eq!(specifier("import x from \"./a"), Some("./a"));
        assert_eq!(specifier("const a = 'no"), None);
        assert_eq!(object_before_dot("  await fs.promises.rea"), Some("fs.promises"));
        assert_eq!(object_before_dot("f(a?.b"), Some("a"));
        assert_eq!(object_before_dot("plain"), None);
        assert_eq!(object_before_dot("é.x"), Some("é"));
        assert_eq!(named_imports("import { ", "import {  } from 'node:fs'").as_deref(), Some("fs"));
        assert_eq!(named_imports("const { a, ", "const { a,  } = require('zlib')").as_deref(), Some("zlib"));
    }
}

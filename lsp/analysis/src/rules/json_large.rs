//! `loop/json-large`: parsing JSON of a size that nobody bounded.
//!
//! Looks at where the text comes from: a file, a request's body put together from its pieces, a child's output.

use oxc::ast::AstKind;
use oxc::ast::ast::{Argument, Expression};
use oxc::semantic::{AstNode, SymbolId};

use super::{Context, Rule};
use crate::finding::Level;
use crate::place::Place;

pub const RULE: Rule = Rule {
    name: "loop/json-large",
    what: "JSON of unbounded size is parsed or written in one go.",
    why: "JSON.parse takes about 1 ms per 100 KB and can't be interrupted: a body of 50 MB holds the loop for half a \
          second, and whoever sends it decides that.",
    example: "let body = '';\nrequest.on('data', (chunk) => { body += chunk; });\nrequest.on('end', () => use(JSON.parse(body)));",
    instead: "let body = '';\nrequest.on('data', (chunk) => { if (body.length < LIMIT) body += chunk; else request.destroy(); });\nrequest.on('end', () => parseInWorker(body));",
    ignore: "When the size is bounded elsewhere: a proxy with a limit, a file of your own that is small.",
    check,
};

/// Aliases that are followed back to where the text comes from.
const STEPS_MAX: usize = 4;

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let AstKind::CallExpression(call) = node.kind() else { return };
    if context.called(node).as_deref() != Some("JSON.parse") || context.place(node.id()) == Place::StartUp {
        return;
    }
    let Some(origin) = call.arguments.first().and_then(Argument::as_expression) else { return };
    let Some(from) = unbounded(origin, context, STEPS_MAX) else { return };
    let (level, message) = match from {
        Origin::Peer(what) => (Level::Warning, format!("parses {what}, whose size the sender decides, in one go")),
        Origin::Own(what) => (Level::Hint, format!("parses {what} in one go: about 1 ms per 100 KB")),
    };
    context.report(&RULE, call.span, level, message, None);
}

enum Origin {
    /// Somebody else decides how large it is.
    Peer(&'static str),
    Own(&'static str),
}

fn unbounded(expression: &Expression<'_>, context: &Context<'_, '_>, steps: usize) -> Option<Origin> {
    let steps = steps.checked_sub(1)?;
    match expression.get_inner_expression() {
        Expression::AwaitExpression(wait) => unbounded(&wait.argument, context, steps),
        Expression::CallExpression(call) => {
            match context.names.callee(context.semantic, call).as_deref() {
                Some("fs.readFileSync" | "fs/promises.readFile") => return Some(Origin::Own("a whole file")),
                Some("child_process.execSync" | "child_process.execFileSync") => {
                    return Some(Origin::Own("a program's output"));
                }
                Some("Buffer.concat") => return Some(Origin::Peer("a body")),
                Some("stream/consumers.text" | "stream/consumers.buffer") => return Some(Origin::Peer("a stream")),
                _ => {}
            }
            let member = call.callee.as_member_expression()?;
            let plain = matches!(member.static_property_name()?, "toString" | "trim" | "join");
            if plain { unbounded(member.object(), context, steps) } else { None }
        }
        Expression::Identifier(name) => {
            let symbol = context.semantic.scoping().get_reference(name.reference_id.get()?).symbol_id()?;
            of_variable(symbol, context, steps)
        }
        _ => None,
    }
}

fn of_variable(symbol: SymbolId, context: &Context<'_, '_>, steps: usize) -> Option<Origin> {
    let semantic = context.semantic;
    if grows(symbol, context) {
        return Some(Origin::Peer("a body"));
    }
    match semantic.symbol_declaration(symbol).kind() {
        AstKind::VariableDeclarator(variable) if variable.id.is_binding_identifier() => {
            unbounded(variable.init.as_ref()?, context, steps)
        }
        _ => None,
    }
}

/// Whether pieces are added to a variable in a handler of `data` events, or in a `for await`, without a look at its size.
fn grows(symbol: SymbolId, context: &Context<'_, '_>) -> bool {
    let semantic = context.semantic;
    let nodes = semantic.nodes();
    let mut added = false;
    for used in semantic.symbol_references(symbol) {
        let (parent, grand) = (nodes.parent_node(used.node_id()), nodes.parent_id(nodes.parent_id(used.node_id())));
        if let AstKind::StaticMemberExpression(member) = parent.kind() {
            if matches!(member.property.name.as_str(), "length" | "byteLength") {
                return false;
            }
            added |= member.property.name == "push"
                && nodes.parent_kind(parent.id()).is_callee_with_span(member.span)
                && in_data_handler(semantic, parent.id());
        }
        added |= used.is_write()
            && used.is_read()
            && matches!(parent.kind(), AstKind::AssignmentExpression(_))
            && in_data_handler(semantic, grand);
    }
    added
}

fn in_data_handler(semantic: &oxc::semantic::Semantic<'_>, node: oxc::semantic::NodeId) -> bool {
    semantic.nodes().ancestors(node).any(|one| match one.kind() {
        AstKind::ForOfStatement(it) => it.r#await,
        AstKind::CallExpression(call) => {
            let listens = call.callee.as_member_expression().and_then(|member| member.static_property_name());
            let event = call.arguments.first().and_then(Argument::as_expression);
            matches!(listens, Some("on" | "addListener"))
                && event.is_some_and(|event| event.is_specific_string_literal("data"))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn bodies_and_files_are_found_and_bounded_ones_are_not() {
        check_marks(
            "
const { readFile } = require('fs/promises');
const start = JSON.parse(await readFile('x'));
exports.handle = async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  JSON.parse(whole.toString());
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^ json-large warning a body
  JSON.parse(await readFile('x', 'utf8'));
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ json-large hint a whole file
  let bounded = '';
  request.on('data', (piece) => { bounded += piece; if (bounded.length > 1e6) request.destroy(); });
  JSON.parse(bounded);
  JSON.parse(request.headers.thing);
};
",
        );
    }
}

//! Walks a program's tree and notes what is type and what is not.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::blanks::Blanks;
use super::{Fault, unsupported};

/// Words before a member of a class that say nothing at run time.
const MODIFIERS: &[&str] = &["public", "private", "protected", "override", "readonly", "abstract", "declare"];
/// Names of fields that the next line would make a modifier.
const SOFT_NAMES: &[&str] = &["get", "set", "static", "async", "accessor"];

pub struct Eraser<'s> {
    blanks: Blanks<'s>,
    fault: Option<Fault>,
}

impl<'s> Eraser<'s> {
    pub fn new(blanks: Blanks<'s>) -> Eraser<'s> {
        Eraser { blanks, fault: None }
    }

    pub fn finish(self) -> Result<String, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.blanks.write()),
        }
    }

    fn refuse(&mut self, message: &str, span: Span) {
        if self.fault.as_ref().is_none_or(|fault| span.start < fault.start) {
            self.fault = Some(unsupported(message, span));
        }
    }

    /// `?` or `!` and the annotation behind a name that ends at `end`.
    fn annotation(&mut self, end: u32, annotation: Option<&TSTypeAnnotation<'_>>, is_marked: bool) {
        if let Some(annotation) = annotation {
            self.blanks.range(end, annotation.span.end);
        } else if is_marked {
            let at = self.blanks.next_token(end);
            self.blanks.range(at, at + 1);
        }
    }

    fn type_parameters(&mut self, parameters: Option<&TSTypeParameterDeclaration<'_>>) {
        if let Some(parameters) = parameters {
            self.blanks.blank(parameters.span);
        }
    }

    fn type_arguments(&mut self, arguments: Option<&TSTypeParameterInstantiation<'_>>) {
        if let Some(arguments) = arguments {
            self.blanks.blank(arguments.span);
        }
    }

    /// A span and the comma behind it.
    fn with_comma(&mut self, span: Span) {
        let next = self.blanks.next_token(span.end);
        let end = if self.blanks.char_at(next) == Some(',') { next + 1 } else { span.end };
        self.blanks.range(span.start, end);
    }

    /// Modifiers between `start` and the name of a member.
    fn modifiers(&mut self, start: u32, name: u32) {
        let mut at = self.blanks.next_token(start);
        let mut first = None;
        let mut is_kept = false;
        while at < name {
            let word = self.blanks.word_at(at);
            if word.is_empty() {
                break;
            }
            let end = at + word.len() as u32;
            if MODIFIERS.contains(&word) {
                self.blanks.range(at, end);
                first = first.or(Some(at).filter(|_| !is_kept));
            } else {
                is_kept = true;
            }
            at = self.blanks.next_token(end);
        }
        if let Some(first) = first
            && !is_kept
            && self.blanks.continues(at)
        {
            self.blanks.mark(first, ';');
        }
    }

    /// The end of a member's name, its bracket included.
    fn name_end(&self, key: &PropertyKey<'_>, is_computed: bool) -> u32 {
        let end = key.span().end;
        if is_computed { self.blanks.next_token(end) + 1 } else { end }
    }

    fn field(&mut self, field: Field<'_, '_>) {
        let start = field.decorators.last().map_or(field.span.start, |last| last.span.end);
        self.modifiers(start, field.key.span().start);
        let end = self.name_end(field.key, field.is_computed);
        self.annotation(end, field.annotation, field.is_marked);
        let name = self.blanks.word_at(field.key.span().start);
        if let Some(annotation) = field.annotation
            && !field.has_value
            && SOFT_NAMES.contains(&name)
            && self.blanks.char_at(self.blanks.next_token(annotation.span.end)) != Some(';')
        {
            self.blanks.mark(end, ';');
        }
    }
}

/// What fields and accessors of classes have in common.
struct Field<'f, 'a> {
    span: Span,
    decorators: &'f [Decorator<'a>],
    key: &'f PropertyKey<'a>,
    is_computed: bool,
    annotation: Option<&'f TSTypeAnnotation<'a>>,
    is_marked: bool,
    has_value: bool,
}

fn is_type(kind: ImportOrExportKind) -> bool {
    kind == ImportOrExportKind::Type
}

/// Whether a declaration leaves nothing at run time.
fn is_only_type(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::VariableDeclaration(it) => it.declare,
        Declaration::FunctionDeclaration(it) => it.declare || it.body.is_none(),
        Declaration::ClassDeclaration(it) => it.declare,
        Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) => true,
        Declaration::TSEnumDeclaration(it) => it.declare,
        Declaration::TSExternalModuleDeclaration(_) | Declaration::TSGlobalDeclaration(_) => true,
        Declaration::TSNamespaceDeclaration(it) => it.declare || is_type_namespace(&it.body),
        Declaration::TSImportEqualsDeclaration(it) => is_type(it.import_kind),
    }
}

fn is_type_namespace(body: &TSNamespaceDeclarationBody<'_>) -> bool {
    match body {
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => inner.declare || is_type_namespace(&inner.body),
        TSNamespaceDeclarationBody::TSModuleBlock(block) => block.body.iter().all(is_type_statement),
    }
}

fn is_type_statement(statement: &Statement<'_>) -> bool {
    if let Some(declaration) = statement.as_declaration() {
        return is_only_type(declaration);
    }
    match statement {
        Statement::ExportDeclaration(it) => is_only_type(&it.declaration),
        Statement::ExportNamedDeclaration(it) => is_type(it.export_kind),
        Statement::ExportFromDeclaration(it) => is_type(it.export_kind),
        Statement::ExportAllDeclaration(it) => is_type(it.export_kind),
        Statement::ImportDeclaration(it) => is_type(it.import_kind),
        Statement::TSNamespaceExportDeclaration(_) => true,
        Statement::ExportDefaultDeclaration(it) => match &it.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
            ExportDefaultDeclarationKind::FunctionDeclaration(it) => it.body.is_none(),
            _ => false,
        },
        _ => false,
    }
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        self.blanks.end(it.span().end);
        if is_type_statement(it) {
            return self.blanks.blank(it.span());
        }
        walk::walk_statement(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        for specifier in it.specifiers.iter().flatten() {
            if let ImportDeclarationSpecifier::ImportSpecifier(specifier) = specifier
                && is_type(specifier.import_kind)
            {
                self.with_comma(specifier.span);
            }
        }
    }

    fn visit_export_specifier(&mut self, it: &ExportSpecifier<'a>) {
        if is_type(it.export_kind) {
            self.with_comma(it.span);
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.annotation(it.id.span().end, it.type_annotation.as_deref(), it.definite);
        self.visit_binding_pattern(&it.id);
        if let Some(init) = &it.init {
            self.visit_expression(init);
        }
    }

    fn visit_catch_parameter(&mut self, it: &CatchParameter<'a>) {
        self.annotation(it.pattern.span().end, it.type_annotation.as_deref(), false);
        self.visit_binding_pattern(&it.pattern);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        self.type_parameters(it.type_parameters.as_deref());
        if let Some(this) = &it.this_param {
            self.with_comma(this.span);
        }
        if let Some(returns) = &it.return_type {
            self.blanks.blank(returns.span);
        }
        let _ = flags;
        self.visit_formal_parameters(&it.params);
        if let Some(body) = &it.body {
            self.visit_function_body(body);
        }
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        if let Some(parameters) = &it.type_parameters {
            self.blanks.blank(parameters.span);
            // A line end after `async` or `return` would end the expression: the bracket moves up to it.
            if self.blanks.breaks(parameters.span.start, it.params.span.start) {
                self.blanks.mark(parameters.span.start, '(');
                self.blanks.range(it.params.span.start, it.params.span.start + 1);
            }
        }
        if let Some(returns) = &it.return_type {
            self.blanks.blank(returns.span);
            // The arrow must stand on the line of the bracket: the bracket moves down to it.
            let bracket = it.params.span.end - 1;
            if self.blanks.breaks(bracket, returns.span.end) {
                self.blanks.range(bracket, bracket + 1);
                let last = self.blanks.source[..returns.span.end as usize].char_indices().next_back();
                let last = last.expect("a type is not empty").0;
                self.blanks.mark(last as u32, ')');
            }
        }
        self.visit_formal_parameters(&it.params);
        self.visit_arrow_function_body(&it.body);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        if it.accessibility.is_some() || it.readonly || it.r#override {
            self.refuse("TypeScript parameter property is not supported in strip-only mode", it.span);
        }
        self.visit_decorators(&it.decorators);
        self.annotation(it.pattern.span().end, it.type_annotation.as_deref(), it.optional);
        self.visit_binding_pattern(&it.pattern);
        if let Some(initializer) = &it.initializer {
            self.visit_expression(initializer);
        }
    }

    fn visit_formal_parameter_rest(&mut self, it: &FormalParameterRest<'a>) {
        self.visit_decorators(&it.decorators);
        self.annotation(it.rest.span.end, it.type_annotation.as_deref(), false);
        self.visit_binding_rest_element(&it.rest);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        self.visit_decorators(&it.decorators);
        let mut at = self.blanks.next_token(it.span.start);
        if let Some(last) = it.decorators.last()
            && last.span.end > at
        {
            at = self.blanks.next_token(last.span.end);
        }
        while matches!(self.blanks.word_at(at), "export" | "default" | "abstract") {
            let end = at + self.blanks.word_at(at).len() as u32;
            if self.blanks.word_at(at) == "abstract" {
                self.blanks.range(at, end);
            }
            at = self.blanks.next_token(end);
        }
        let mut head_end = at + self.blanks.word_at(at).len() as u32;
        if let Some(id) = &it.id {
            head_end = id.span.end;
        }
        if let Some(parameters) = &it.type_parameters {
            self.blanks.blank(parameters.span);
            head_end = parameters.span.end;
        }
        if let Some(heritage) = &it.heritage {
            self.visit_expression(&heritage.expression);
            self.type_arguments(heritage.type_arguments.as_deref());
            head_end = heritage.type_arguments.as_ref().map_or(heritage.expression.span().end, |list| list.span.end);
        }
        if let Some(last) = it.implements.last() {
            let start = self.blanks.next_token(head_end);
            self.blanks.range(start, last.span.end);
        }
        self.visit_class_body(&it.body);
    }

    fn visit_class_element(&mut self, it: &ClassElement<'a>) {
        self.blanks.end(it.span().end);
        let is_type = match it {
            ClassElement::MethodDefinition(method) => method.value.body.is_none(),
            ClassElement::PropertyDefinition(field) => {
                field.declare || field.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition
            }
            ClassElement::AccessorProperty(field) => field.r#type == AccessorPropertyType::TSAbstractAccessorProperty,
            ClassElement::TSIndexSignature(_) => true,
            ClassElement::StaticBlock(_) => false,
        };
        if is_type {
            return self.blanks.blank(it.span());
        }
        walk::walk_class_element(self, it);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.visit_decorators(&it.decorators);
        let start = it.decorators.last().map_or(it.span.start, |last| last.span.end);
        self.modifiers(start, it.key.span().start);
        if it.optional {
            let end = self.name_end(&it.key, it.computed);
            self.annotation(end, None, true);
        }
        self.visit_property_key(&it.key);
        self.visit_function(&it.value, ScopeFlags::empty());
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.field(Field {
            span: it.span,
            decorators: &it.decorators,
            key: &it.key,
            is_computed: it.computed,
            annotation: it.type_annotation.as_deref(),
            is_marked: it.optional || it.definite,
            has_value: it.value.is_some(),
        });
        self.visit_decorators(&it.decorators);
        self.visit_property_key(&it.key);
        if let Some(value) = &it.value {
            self.visit_expression(value);
        }
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.field(Field {
            span: it.span,
            decorators: &it.decorators,
            key: &it.key,
            is_computed: it.computed,
            annotation: it.type_annotation.as_deref(),
            is_marked: it.definite,
            has_value: it.value.is_some(),
        });
        self.visit_decorators(&it.decorators);
        self.visit_property_key(&it.key);
        if let Some(value) = &it.value {
            self.visit_expression(value);
        }
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.blanks.blank(it.span);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        let start = self.blanks.next_token(it.expression.span().end);
        self.blanks.range(start, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        let start = self.blanks.next_token(it.expression.span().end);
        self.blanks.range(start, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.blanks.range(it.span.end - 1, it.span.end);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        let message = "The angle-bracket syntax for type assertions, `<T>expr`, is not supported in type strip mode. \
                       Instead, use the 'as' syntax: `expr as T`.";
        self.refuse(message, it.span);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.refuse("TypeScript enum is not supported in strip-only mode", it.span);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.refuse(
            match it.kind {
                TSNamespaceDeclarationKind::Module => "`module` keyword is not supported. Use `namespace` instead.",
                TSNamespaceDeclarationKind::Namespace => {
                    "TypeScript namespace declaration is not supported in strip-only mode"
                }
            },
            it.span,
        );
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.refuse("TypeScript import equals declaration is not supported in strip-only mode", it.span);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.refuse("TypeScript export assignment is not supported in strip-only mode", it.span);
    }
}

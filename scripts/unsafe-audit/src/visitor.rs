// SPDX-License-Identifier: GPL-2.0

//! Finds the uses of `unsafe` in one file, and their arguments.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    spanned::Spanned,
    visit::{self, Visit},
    Attribute, Expr, ExprUnsafe, ImplItemFn, ItemFn, ItemImpl, ItemMod, ItemTrait, Macro, Meta,
    Signature, Stmt, TraitItemFn,
};

pub struct Use {
    /// `block`, `fn`, `impl` or `trait`.
    pub kind: &'static str,
    /// The path of the item, within the file.
    pub place: String,
    /// The argument; empty if there is none.
    pub argument: String,
    pub line: usize,
}

pub fn uses_of(text: &str) -> Result<Vec<Use>, String> {
    let file =
        syn::parse_file(text).map_err(|err| format!("line {}: {err}", err.span().start().line))?;
    let mut visitor = Visitor {
        lines: text.lines().collect(),
        path: Vec::new(),
        statement: 0,
        uses: Vec::new(),
    };
    visitor.visit_file(&file);
    // Nothing may hide where the visitor does not look: an extern block, an attribute.
    let (found, words) = (visitor.uses.len(), count_words(file.into_token_stream()));
    if found != words {
        return Err(format!(
            "{words} times `unsafe`, but {found} blocks, functions, traits and implementations"
        ));
    }
    Ok(visitor.uses)
}

/// How often the word occurs in the code, function pointer types left out.
fn count_words(tokens: TokenStream) -> usize {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_pointer = |rest: &[TokenTree]| {
        let mut rest = rest
            .iter()
            .skip_while(|token| !is_word(token, "fn") && !matches!(token, TokenTree::Group(_)));
        rest.next().is_some_and(|token| is_word(token, "fn"))
            && matches!(rest.next(), Some(TokenTree::Group(_)))
    };
    let here = (0..tokens.len())
        .filter(|&at| is_word(&tokens[at], "unsafe") && !is_pointer(&tokens[at + 1..]))
        .count();
    let inside = tokens.iter().map(|token| match token {
        TokenTree::Group(group) => count_words(group.stream()),
        _ => 0,
    });
    here + inside.sum::<usize>()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

struct Visitor<'a> {
    lines: Vec<&'a str>,
    path: Vec<String>,
    /// The line where the statement begins that is being visited.
    statement: usize,
    uses: Vec<Use>,
}

impl Visitor<'_> {
    fn add(&mut self, kind: &'static str, span: Span, argument: String) {
        let line = span.start().line;
        self.uses.push(Use {
            kind,
            place: self.path.join("::"),
            argument,
            line,
        });
    }

    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.path.push(name);
        visit(self);
        self.path.pop();
    }

    /// The `SAFETY` comment above a line (counted from 1), or nothing.
    fn comment_above(&self, line: usize) -> String {
        let is_comment = |line: &&&str| line.trim_start().starts_with("//");
        let block: Vec<_> = self.lines[..line - 1]
            .iter()
            .rev()
            .take_while(is_comment)
            .collect();
        let words: Vec<_> = block
            .into_iter()
            .rev()
            .map(|line| line.trim_start().trim_start_matches('/').trim())
            .collect();
        match words.iter().position(|line| line.starts_with("SAFETY:")) {
            Some(first) => words[first..].join(" ")["SAFETY:".len()..]
                .trim()
                .to_string(),
            None => String::new(),
        }
    }

    fn add_block(&mut self, span: Span) {
        let line = span.start().line;
        let mut argument = self.comment_above(line);
        if argument.is_empty() && self.statement != 0 {
            argument = self.comment_above(self.statement);
        }
        self.add("block", span, argument);
    }

    fn function(
        &mut self,
        signature: &Signature,
        attributes: &[Attribute],
        visit: impl FnOnce(&mut Self),
    ) {
        self.within(signature.ident.to_string(), |this| {
            if let Some(token) = &signature.unsafety {
                this.add("fn", token.span(), safety_section(attributes));
            }
            visit(this);
        });
    }

    /// The arguments of a macro are not parsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            if is_word(token, "unsafe") && matches!(tokens.get(at + 1), Some(TokenTree::Group(_))) {
                self.add_block(token.span());
            }
            if is_word(token, "unsafe")
                && matches!(tokens.get(at + 1), Some(next) if is_word(next, "impl"))
            {
                let argument = self.comment_above(token.span().start().line);
                self.add("impl", token.span(), argument);
            }
            if let TokenTree::Group(group) = token {
                self.tokens(group.stream());
            }
        }
    }
}

/// The section `# Safety` of a doc comment, in one line.
fn safety_section(attributes: &[Attribute]) -> String {
    let docs = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value().trim().to_string()),
                _ => None,
            },
            _ => None,
        });
    let section: Vec<_> = docs
        .skip_while(|line| line != "# Safety")
        .skip(1)
        .take_while(|line| !line.starts_with("# "))
        .collect();
    section.join(" ").trim().to_string()
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.within(item.ident.to_string(), |this| {
            visit::visit_item_mod(this, item)
        });
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let of = item.self_ty.to_token_stream().to_string().replace(' ', "");
        let name = match &item.trait_ {
            Some((_, path, _)) => format!(
                "<{of} as {}>",
                path.to_token_stream().to_string().replace(' ', "")
            ),
            None => of,
        };
        self.within(name, |this| {
            if let Some(token) = &item.unsafety {
                let argument = this.comment_above(item.span().start().line);
                this.add("impl", token.span(), argument);
            }
            visit::visit_item_impl(this, item);
        });
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.within(item.ident.to_string(), |this| {
            if let Some(token) = &item.unsafety {
                this.add("trait", token.span(), safety_section(&item.attrs));
            }
            visit::visit_item_trait(this, item)
        });
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig, &item.attrs, |this| {
            visit::visit_block(this, &item.block)
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig, &item.attrs, |this| {
            visit::visit_block(this, &item.block)
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.function(&item.sig, &item.attrs, |this| {
            visit::visit_trait_item_fn(this, item)
        });
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let outer = std::mem::replace(&mut self.statement, statement.span().start().line);
        visit::visit_stmt(self, statement);
        self.statement = outer;
    }

    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        self.add_block(block.unsafe_token.span());
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_macro(&mut self, invocation: &'ast Macro) {
        self.tokens(invocation.tokens.clone());
    }
}

#[cfg(test)]
mod tests;

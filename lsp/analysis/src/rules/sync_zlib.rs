//! `loop/sync-zlib`: synchronous compression.

use oxc::semantic::AstNode;

use super::{Context, Rule, check_blocking_call};
use crate::api::Work;

pub const RULE: Rule = Rule {
    name: "loop/sync-zlib",
    what: "A synchronous call of zlib: the thread compresses and does nothing else.",
    why: "Compression takes 10 to 100 ms per MB, decompression of a small hostile input can give gigabytes. The asynchronous forms work on the pool.",
    example: "const zlib = require('zlib');\nresponse.end(zlib.gzipSync(body));",
    instead: "const zlib = require('zlib');\nzlib.gzip(body, (error, packed) => response.end(packed));",
    ignore: "For inputs that are known to be small, a few kilobytes: the trip to the pool costs as much.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    check_blocking_call(&RULE, Work::Compression, node, context);
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn every_synchronous_codec_is_found() {
        check_marks(
            "
const zlib = require('zlib');
exports.pack = (body) => zlib.brotliCompressSync(body);
//                       ^^^^^^^^^^^^^^^^^^^^^^^ sync-zlib warning use zlib.brotliCompress
exports.unpack = (body, done) => zlib.gunzip(body, done);
",
        );
    }
}

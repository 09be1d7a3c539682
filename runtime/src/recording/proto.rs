//! The wire format of Protocol Buffers, as far as a writer of traces needs it.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A message under construction.
#[derive(Default)]
pub struct Message {
    pub bytes: Vec<u8>,
}

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub fn uint(&mut self, field: u32, value: u64) -> &mut Message {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    pub fn fixed64(&mut self, field: u32, value: u64) -> &mut Message {
        self.varint(u64::from(field) << 3 | 1);
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub fn bytes(&mut self, field: u32, value: &[u8]) -> &mut Message {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
        self
    }

    pub fn text(&mut self, field: u32, value: &str) -> &mut Message {
        self.bytes(field, value.as_bytes())
    }

    pub fn message(&mut self, field: u32, fill: impl FnOnce(&mut Message)) -> &mut Message {
        let mut inner = Message::default();
        fill(&mut inner);
        self.bytes(field, &inner.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(Message::default().uint(1, 150).bytes, [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").bytes, b"\x12\x07testing");
        let mut outer = Message::default();
        outer.message(3, |inner| {
            inner.uint(1, 150);
        });
        assert_eq!(outer.bytes, [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(Message::default().fixed64(4, 1).bytes, [0x21, 1, 0, 0, 0, 0, 0, 0, 0]);
    }
}

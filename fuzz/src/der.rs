//! DER as a tree, and a mutator that keeps the lengths right.

/// A value: its tag, and what is inside.
#[derive(Clone, Debug)]
pub struct Node {
    pub tag: u8,
    pub content: Vec<u8>,
    /// The values inside; then `content` is empty.
    pub children: Option<Vec<Node>>,
    /// The byte before the values inside a BIT STRING.
    prefix: bool,
}

/// Values one after the other, if the bytes are that.
pub fn parse(bytes: &[u8]) -> Option<Vec<Node>> {
    parse_below(bytes, 0)
}

fn parse_below(mut bytes: &[u8], depth: usize) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while let [tag, rest @ ..] = bytes {
        let (length, rest) = match rest {
            [length, rest @ ..] if *length < 0x80 => (usize::from(*length), rest),
            [0x81, length, rest @ ..] => (usize::from(*length), rest),
            [0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let deep = depth > 32 || content.is_empty();
        let inside = match tag {
            _ if deep => None,
            0x03 if content[0] == 0 && content.len() > 1 => parse_below(&content[1..], depth + 1),
            0x04 => parse_below(content, depth + 1),
            tag if tag & 0x20 != 0 => parse_below(content, depth + 1),
            _ => None,
        };
        nodes.push(Node {
            tag: *tag,
            content: if inside.is_some() { Vec::new() } else { content.to_vec() },
            prefix: inside.is_some() && *tag == 0x03,
            children: inside,
        });
        bytes = rest;
    }
    Some(nodes)
}

pub fn encode(node: &Node) -> Vec<u8> {
    let Some(children) = &node.children else { return tlv(node.tag, &node.content) };
    let mut content = if node.prefix { vec![0] } else { Vec::new() };
    children.iter().for_each(|child| content.extend(encode(child)));
    tlv(node.tag, &content)
}

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, middle, low] = content.len().to_be_bytes();
    let mut out = match (high, middle, low) {
        (0, 0, 0..=127) => vec![tag, low],
        (0, 0, _) => vec![tag, 0x81, low],
        (0, _, _) => vec![tag, 0x82, middle, low],
        _ => vec![tag, 0x83, high, middle, low],
    };
    out.extend_from_slice(content);
    out
}

/// Changes a value somewhere in the tree and writes all of it again; bytes that are no tree, and
/// one input in eight, are left to `bytes`, which is libFuzzer's own mutator.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytes: impl Fn(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut random = Random(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let tree = parse(&data[..size]).filter(|nodes| !nodes.is_empty());
    let Some(mut nodes) = tree.filter(|_| random.below(8) != 0) else {
        return bytes(data, size, max_size);
    };
    for _ in 0..=random.below(3) {
        change(&mut nodes, &mut random, &bytes);
    }
    let encoded: Vec<u8> = nodes.iter().flat_map(encode).collect();
    if encoded.len() > max_size {
        return bytes(data, size, max_size);
    }
    data[..encoded.len()].copy_from_slice(&encoded);
    encoded.len()
}

fn change(
    nodes: &mut Vec<Node>,
    random: &mut Random,
    bytes: &impl Fn(&mut [u8], usize, usize) -> usize,
) {
    let count = nodes.iter().map(count).sum();
    let donor = nth(nodes, random.below(count)).clone();
    let position = random.below(count);
    let (siblings, at) = place(nodes, position);
    match random.below(10) {
        0 => {
            siblings.remove(at);
        }
        1 => siblings.insert(at, siblings[at].clone()),
        2 => {
            let other = random.below(siblings.len());
            siblings.swap(at, other);
        }
        3 => siblings[at].tag = TAGS[random.below(TAGS.len())],
        4 => siblings[at] = donor,
        5 => siblings.insert(at, donor),
        6 => {
            // Many of the same, for the limits on counts.
            let times = [2, 16, 65, 257, 1001][random.below(5)];
            if encode(&siblings[at]).len() * times < crate::INPUT_BYTES {
                let copies = vec![siblings[at].clone(); times];
                siblings.splice(at..at, copies);
            }
        }
        7 => {
            let words = WORDS[random.below(WORDS.len())];
            if let Some(word) = parse(words).filter(|word| !word.is_empty()) {
                siblings[at] = word[0].clone();
            }
        }
        _ => {
            let node = &mut siblings[at];
            let mut content = match node.children.take() {
                Some(children) => children.iter().flat_map(encode).collect(),
                None => node.content.clone(),
            };
            let (length, room) = (content.len(), content.len() + 64);
            content.resize(room, 0);
            let length = bytes(&mut content, length, room);
            content.truncate(length);
            node.content = content;
        }
    }
    if nodes.is_empty() {
        nodes.push(Node { tag: 0x30, content: Vec::new(), children: None, prefix: false });
    }
}

fn count(node: &Node) -> usize {
    1 + node.children.iter().flatten().map(count).sum::<usize>()
}

fn nth(nodes: &[Node], mut position: usize) -> &Node {
    for node in nodes {
        if position == 0 {
            return node;
        }
        let size = count(node);
        if position < size {
            return nth(node.children.as_deref().unwrap_or_default(), position - 1);
        }
        position -= size;
    }
    &nodes[0]
}

fn place(nodes: &mut Vec<Node>, mut position: usize) -> (&mut Vec<Node>, usize) {
    let mut found = 0;
    for (index, node) in nodes.iter().enumerate() {
        let size = count(node);
        if position < size {
            found = index;
            break;
        }
        position -= size;
    }
    if position == 0 || nodes[found].children.is_none() {
        return (nodes, found);
    }
    place(nodes[found].children.as_mut().unwrap(), position - 1)
}

/// xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

const TAGS: [u8; 24] = [
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1e, 0x30,
    0x31, 0x80, 0x81, 0x82, 0x86, 0x87, 0xa0, 0xa3,
];

/// Values that mean something: identifiers of extensions and attributes, flags, numbers, whole
/// extensions.
const WORDS: [&[u8]; 33] = [
    &[0x06, 3, 0x55, 0x1d, 14],
    &[0x06, 3, 0x55, 0x1d, 15],
    &[0x06, 3, 0x55, 0x1d, 17],
    &[0x06, 3, 0x55, 0x1d, 19],
    &[0x06, 3, 0x55, 0x1d, 20],
    &[0x06, 3, 0x55, 0x1d, 21],
    &[0x06, 3, 0x55, 0x1d, 24],
    &[0x06, 3, 0x55, 0x1d, 27],
    &[0x06, 3, 0x55, 0x1d, 28],
    &[0x06, 3, 0x55, 0x1d, 30],
    &[0x06, 3, 0x55, 0x1d, 31],
    &[0x06, 3, 0x55, 0x1d, 35],
    &[0x06, 3, 0x55, 0x1d, 37],
    &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14],
    &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7],
    &[0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1],
    &[0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2],
    &[0x06, 4, 0x55, 0x1d, 37, 0],
    &[0x01, 1, 0xff],
    &[0x01, 1, 0],
    &[0x02, 1, 0],
    &[0x02, 1, 0x7f],
    &[0x02, 9, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    b"\x17\x0d491231235959Z",
    b"\x18\x0f99991231235959Z",
    b"\x82\x0da.example.org",
    b"\x82\x0f*.a.example.org",
    b"\x82\x0c.example.org",
    &[0x87, 4, 10, 0, 0, 1],
    &[0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0],
    // basicConstraints with the CA bit, keyUsage with all bits, extKeyUsage any.
    &[0x30, 15, 0x06, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 5, 0x30, 3, 1, 1, 0xff],
    &[0x30, 12, 0x06, 3, 0x55, 0x1d, 15, 4, 5, 3, 3, 7, 0xff, 0x80],
    &[0x30, 15, 0x06, 3, 0x55, 0x1d, 37, 4, 8, 0x30, 6, 6, 4, 0x55, 0x1d, 37, 0],
];

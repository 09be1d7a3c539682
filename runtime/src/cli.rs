//! The command line: Node's flags with Node's meanings, and the commands that are ours.

use std::collections::BTreeMap;

mod flags;
mod help;

use flags::{Flag, Group, Place, Takes};

use crate::profile::Wanted;

/// The value of a flag that was given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    On,
    Off,
    Text(String),
    Texts(Vec<String>),
}

#[derive(Default)]
pub struct Options {
    pub argv: Vec<String>,
    pub exec_argv: Vec<String>,
    pub eval: Option<String>,
    pub print: bool,
    pub repl: bool,
    pub inspect: Option<Inspect>,
    /// Set for `rondo profile`.
    pub profile: Option<Wanted>,
    pub v8_flags: Vec<String>,
    /// Every flag that was given, by its name without dashes; `internal/options` reads them.
    pub given: BTreeMap<&'static str, Given>,
}

pub struct Inspect {
    pub mode: InspectMode,
    pub host: String,
    pub port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InspectMode {
    Listen,
    Break,
    Wait,
}

/// What the arguments ask for.
pub enum Command {
    Run(Box<Options>),
    Print(String),
    /// A program that lies next to this one, with its arguments.
    Sibling(&'static str, Vec<String>),
}

/// Reads the environment's options and the arguments after the program's name; the error is a sentence for the user.
pub fn parse(arguments: Vec<String>) -> Result<Command, String> {
    if let Some(sibling) = sibling(&arguments) {
        // `check` is a command of the sibling; the others are the sibling.
        let own = usize::from(arguments[0] != "check");
        return Ok(Command::Sibling(sibling, arguments[own..].to_vec()));
    }
    let mut options = Options::default();
    for variable in ["NODE_OPTIONS", "RONDO_OPTIONS"] {
        let words =
            split_words(&std::env::var(variable).unwrap_or_default()).map_err(|m| format!("{m} in {variable}"))?;
        let rest = Reader { options: &mut options, variable: Some(variable) }.read(&words)?;
        if rest < words.len() {
            return Err(format!("{} is not allowed in {variable}", words[rest]));
        }
    }
    let rest = Reader { options: &mut options, variable: None }.read(&arguments)?;
    options.exec_argv = arguments[..rest].to_vec();
    options.exec_argv.retain(|argument| argument != "--");
    options.argv = arguments[rest..].to_vec();
    take_command(&mut options)?;
    if options.is_on("version") {
        return Ok(Command::Print(format!("v{}\n", env!("CARGO_PKG_VERSION"))));
    }
    if options.is_on("help") {
        let text = if options.profile.is_some() { help::of_profile() } else { help::text() };
        return Ok(Command::Print(text));
    }
    if options.is_on("v8-options") {
        options.v8_flags.push("--help".to_owned());
    }
    finish(&mut options)?;
    Ok(Command::Run(Box::new(options)))
}

/// The options of a worker's own `execArgv`.
pub fn parse_for_worker(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let rest = Reader { options: &mut options, variable: None }.read(arguments)?;
    options.exec_argv = arguments.to_vec();
    options.argv = arguments[rest..].to_vec();
    finish(&mut options)?;
    Ok(options)
}

fn sibling(arguments: &[String]) -> Option<&'static str> {
    match arguments.first()?.as_str() {
        "dap" => Some("rondo-dap"),
        "lsp" | "check" => Some("rondo-lsp"),
        "top" => Some("rondo-top"),
        _ => None,
    }
}

/// `rondo run FILE`, `rondo repl` and `rondo profile [OPTIONS] FILE`.
fn take_command(options: &mut Options) -> Result<(), String> {
    if options.given.contains_key("eval") {
        return no_profile_flags(options);
    }
    match options.argv.first().map(String::as_str) {
        Some("profile") => return take_profile(options),
        Some("run") if options.argv.len() > 1 => {
            options.argv.remove(0);
        }
        Some("repl") => {
            options.argv.remove(0);
            options.repl = true;
        }
        _ => {}
    }
    no_profile_flags(options)
}

/// The options of `rondo profile` stand behind its name, beside any others.
fn take_profile(options: &mut Options) -> Result<(), String> {
    let arguments = std::mem::take(&mut options.argv);
    let rest = 1 + Reader { options, variable: None }.read(&arguments[1..])?;
    let text = |name| options.text(name).map(str::to_owned);
    options.profile = Some(Wanted { folder: text("out"), budget: text("stall-budget"), cpu: options.is_on("cpu") });
    options.argv = arguments[rest..].to_vec();
    options.exec_argv.extend(without_profile_flags(&arguments[1..rest]));
    if options.is_on("help") || !options.argv.is_empty() || options.given.contains_key("eval") {
        return Ok(());
    }
    Err("rondo profile needs a FILE to run; rondo profile --help tells more".to_owned())
}

/// What a forked child inherits of a profile's options: all but those of the profile itself.
fn without_profile_flags(arguments: &[String]) -> Vec<String> {
    let of_profile = |name: &str| flags::find(name).filter(|flag| flag.group == Group::Profile);
    let mut kept = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let name = word.trim_start_matches("--");
        if let Some(flag) = of_profile(name) {
            if flag.takes != Takes::Nothing {
                words.next();
            }
        } else if word != "--" && name.split_once('=').is_none_or(|(name, _)| of_profile(name).is_none()) {
            kept.push(word.clone());
        }
    }
    kept
}

fn no_profile_flags(options: &Options) -> Result<(), String> {
    let stray = flags::FLAGS.iter().find(|flag| flag.group == Group::Profile && options.given.contains_key(flag.name));
    stray.map_or(Ok(()), |flag| Err(format!("--{0} is an option of rondo profile: rondo profile --{0} …", flag.name)))
}

fn finish(options: &mut Options) -> Result<(), String> {
    if let Some(Given::Text(code)) = options.given.get("print").cloned() {
        options.given.insert("print", Given::On);
        options.given.insert("eval", Given::Text(code));
    }
    options.print = options.is_on("print");
    if let Some(Given::Text(code)) = options.given.get("eval") {
        options.eval = Some(code.clone());
    }
    options.repl |= options.is_on("interactive");
    if options.is_on("check") && (options.eval.is_some() || options.is_on("interactive")) {
        return Err("either --check or --eval can be used, not both".to_owned());
    }
    if let Some(limit) = options.text("stack-trace-limit") {
        options.v8_flags.push(format!("--stack-trace-limit={limit}"));
    }
    if options.profile.is_some() && options.is_off("loop-records") {
        return Err("rondo profile needs the records that --no-loop-records turns off".to_owned());
    }
    check_choice(options, "unhandled-rejections", &["throw", "strict", "warn", "none", "warn-with-error-code"])?;
    check_choice(options, "dns-result-order", &["ipv4first", "ipv6first", "verbatim"])?;
    check_choice(options, "input-type", &["commonjs", "module", "commonjs-typescript", "module-typescript"])?;
    Ok(())
}

fn check_choice(options: &Options, name: &str, choices: &[&str]) -> Result<(), String> {
    match options.text(name) {
        Some(value) if !choices.contains(&value) => Err(format!("--{name} must be one of: {}", choices.join(", "))),
        _ => Ok(()),
    }
}

impl Options {
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.given.get(name), Some(Given::On))
    }

    pub fn is_off(&self, name: &str) -> bool {
        matches!(self.given.get(name), Some(Given::Off))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.given.get(name) {
            Some(Given::Text(text)) => Some(text),
            _ => None,
        }
    }
}

struct Reader<'a> {
    options: &'a mut Options,
    /// The environment variable that the arguments come from.
    variable: Option<&'static str>,
}

impl Reader<'_> {
    /// Reads flags; the result is the index of the first argument that is none.
    fn read(&mut self, arguments: &[String]) -> Result<usize, String> {
        let mut at = 0;
        while at < arguments.len() {
            let argument = &arguments[at];
            if argument == "--" {
                return Ok(at + 1);
            }
            if argument == "-" || !argument.starts_with('-') {
                return Ok(at);
            }
            at += 1;
            let taken = if argument.starts_with("--") {
                self.long(argument, &arguments[at..])?
            } else {
                self.short(argument, &arguments[at..])?
            };
            at += taken;
        }
        Ok(at)
    }

    /// `--name`, `--name=value`, `--no-name`; underscores are dashes.
    fn long(&mut self, argument: &str, rest: &[String]) -> Result<usize, String> {
        let (name, value) = match argument[2..].split_once('=') {
            Some((name, value)) => (name.replace('_', "-"), Some(value.to_owned())),
            None => (argument[2..].replace('_', "-"), None),
        };
        if let Some(flag) = flags::find(&name) {
            return self.give(flag, argument, value, rest);
        }
        if let Some(flag) = name.strip_prefix("no-").and_then(flags::find) {
            if flag.takes != Takes::Nothing {
                return Err(format!("{argument} is an invalid negation because it is not a boolean option"));
            }
            self.options.given.insert(flag.name, Given::Off);
            return Ok(0);
        }
        if flags::UNSUPPORTED.contains(&name.as_str()) {
            return Err(format!("--{name} is an option of Node that Rondo does not support"));
        }
        self.options.v8_flags.push(argument.to_owned());
        Ok(0)
    }

    /// `-e CODE`, and several letters in one as in `-pe CODE`.
    fn short(&mut self, argument: &str, rest: &[String]) -> Result<usize, String> {
        if argument == "-pe" {
            self.options.given.insert("print", Given::On);
            return self.short("-e", rest);
        }
        let mut letters = argument[1..].chars();
        let flag = letters.next().and_then(flags::find_short).ok_or_else(|| format!("bad option: {argument}"))?;
        match (letters.as_str(), flag.takes) {
            ("", _) => self.give(flag, argument, None, rest),
            (value, Takes::Texts) => {
                let value = value.strip_prefix('=').unwrap_or(value);
                self.give(flag, argument, Some(value.to_owned()), rest)
            }
            _ => Err(format!("bad option: {argument}")),
        }
    }

    fn give(
        &mut self,
        flag: &'static Flag,
        argument: &str,
        value: Option<String>,
        rest: &[String],
    ) -> Result<usize, String> {
        if let Some(variable) = self.variable
            && flag.place == Place::CommandLine
        {
            return Err(format!("{argument} is not allowed in {variable}"));
        }
        let needed = || value.clone().or_else(|| rest.first().filter(|next| is_value(next)).cloned());
        let missing = || format!("{argument} requires an argument");
        let taken = usize::from(value.is_none());
        match flag.takes {
            Takes::Nothing => {
                if value.is_some() && flag.group != flags::Group::Hidden {
                    return Err(format!("{argument} takes no value"));
                }
                self.options.given.insert(flag.name, Given::On);
                Ok(0)
            }
            Takes::Text => {
                let text = needed().ok_or_else(missing)?;
                self.options.given.insert(flag.name, Given::Text(text));
                Ok(taken)
            }
            Takes::Texts => {
                let text = needed().filter(|text| !text.is_empty()).ok_or_else(missing)?;
                let given = self.options.given.entry(flag.name).or_insert_with(|| Given::Texts(Vec::new()));
                if let Given::Texts(list) = given {
                    list.push(text);
                }
                Ok(taken)
            }
            Takes::Optional => self.optional(flag, value, rest),
        }
    }

    fn optional(&mut self, flag: &'static Flag, value: Option<String>, rest: &[String]) -> Result<usize, String> {
        let mode = match flag.name {
            "inspect" => InspectMode::Listen,
            "inspect-brk" => InspectMode::Break,
            "inspect-wait" => InspectMode::Wait,
            _ => {
                let code = value.or_else(|| rest.first().filter(|next| is_value(next)).cloned());
                let taken = usize::from(code.is_some());
                self.options.given.insert(flag.name, code.map_or(Given::On, Given::Text));
                return Ok(taken);
            }
        };
        self.options.inspect = Some(inspect(mode, value.as_deref().unwrap_or(""))?);
        self.options.given.insert(flag.name, value.map_or(Given::On, Given::Text));
        Ok(0)
    }
}

/// The flags that an environment variable may hold, as they are written.
pub fn environment_flags() -> Vec<String> {
    let allowed = flags::FLAGS.iter().filter(|flag| flag.place == Place::Anywhere);
    allowed
        .flat_map(|flag| [Some(format!("--{}", flag.name)), flag.short.map(|short| format!("-{short}"))])
        .flatten()
        .collect()
}

/// Whether an argument can be the value of the flag before it; a value that begins with a dash is written `\-`.
fn is_value(argument: &str) -> bool {
    argument == "-" || !argument.starts_with('-')
}

fn inspect(mode: InspectMode, address: &str) -> Result<Inspect, String> {
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => (host.trim_matches(['[', ']']), port),
        None if address.is_empty() => ("127.0.0.1", "9229"),
        None if address.bytes().all(|b| b.is_ascii_digit()) => ("127.0.0.1", address),
        None => (address, "9229"),
    };
    match port.parse::<u16>() {
        Ok(port) if port == 0 || port >= 1024 => Ok(Inspect { mode, host: host.to_owned(), port }),
        _ => Err(format!("--inspect: the port must be 0 or in range 1024 to 65535, not '{port}'")),
    }
}

/// The words of an environment variable: separated by spaces, kept together by double quotes, `\` escapes within them.
fn split_words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => {
                let next = characters.next().ok_or("invalid escape")?;
                word.get_or_insert_default().push(next);
            }
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if quoted {
        return Err("unterminated string");
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Options {
        match parse(split_words(line).expect("well quoted")) {
            Ok(Command::Run(options)) => *options,
            Ok(_) => panic!("{line} runs nothing"),
            Err(message) => panic!("{line}: {message}"),
        }
    }

    fn fails(line: &str) -> String {
        match parse(split_words(line).expect("well quoted")) {
            Err(message) => message,
            Ok(_) => panic!("{line} is accepted"),
        }
    }

    #[test]
    fn arguments_after_the_file_are_the_programs() {
        let options = run("--no-warnings -r ./a run app.js --inspect x");
        assert_eq!(options.argv, ["app.js", "--inspect", "x"]);
        assert_eq!(options.exec_argv, ["--no-warnings", "-r", "./a"]);
        assert_eq!(options.given["warnings"], Given::Off);
        assert!(options.inspect.is_none());
    }

    #[test]
    fn print_takes_code_with_and_without_eval() {
        for line in ["-p 1+1 a", "-pe 1+1 a", "-p -e 1+1 a", "--print 1+1 a", "--print --eval=1+1 a"] {
            let options = run(line);
            assert_eq!((options.print, options.eval.as_deref(), options.argv.len()), (true, Some("1+1"), 1), "{line}");
        }
    }

    #[test]
    fn a_profile_has_options_of_its_own() {
        let options = run("--no-warnings profile --out a --cpu --stall-threshold=20ms --trace-exit app.js --out x");
        let wanted = options.profile.as_ref().expect("a profile");
        assert_eq!((wanted.folder.as_deref(), wanted.budget.as_deref(), wanted.cpu), (Some("a"), None, true));
        assert_eq!(options.argv, ["app.js", "--out", "x"]);
        assert_eq!(options.exec_argv, ["--no-warnings", "--stall-threshold=20ms", "--trace-exit"]);
        assert!(fails("--out a app.js").contains("rondo profile --out"));
        assert!(fails("profile --out a").contains("needs a FILE"));
    }

    #[test]
    fn faults_name_the_option() {
        assert_eq!(fails("-e"), "-e requires an argument");
        assert_eq!(fails("--no-require x"), "--no-require is an invalid negation because it is not a boolean option");
        assert_eq!(fails("-x"), "bad option: -x");
        assert!(fails("--permission a.js").contains("does not support"));
    }

    #[test]
    fn words_of_an_environment_variable() {
        assert_eq!(split_words(r#"-r "./a b"  --x="y \" z""#).expect("well quoted"), ["-r", "./a b", "--x=y \" z"]);
        assert_eq!(split_words("\"a"), Err("unterminated string"));
    }

    #[test]
    fn addresses() {
        let inspect = run("--inspect-brk=[::1]:0 a.js").inspect.expect("given");
        assert_eq!((inspect.mode, inspect.host.as_str(), inspect.port), (InspectMode::Break, "::1", 0));
        assert!(fails("--inspect=80 a.js").contains("range 1024"));
    }
}

"""Strings that some parser misreads when they are written without quotes."""

from __future__ import annotations

__all__ = ["TRICKY"]

_WORDS = """
    y Y n N yes Yes YES yEs no No NO nO on On ON oN off Off OFF oFF true True TRUE tRue false False FALSE fALSE
    null Null NULL nULL ~ nan NaN NAN inf Inf INF .nan .NaN .NAN .nAn .inf .Inf .INF .iNf -.inf -.Inf +.inf +.INF
    None undefined yes! yess nope truely nulls none t f
    ye\u017f fal\u017fe o\ufb00 \uff59\uff45\uff53
"""

_NUMBERS = """
    0 1 -1 +1 00 007 012 017 08 09 0o17 -0o7 0O17 0x1F 0X1F 0xdeadbeef 0b11 0b0_1 0B11 012345678901 123456789012
    1_000 1__0 1_000_ _1 1, 1,000 1,000.5 1,2,3 , 1. 1.0 1.10 3.9 .5 +.5 -.5 -0.0 6.10 1.2.3 1.e3 .e3 .e1 e3 E5 e e-3
    1e3 1E3 1e+3 1e-3 1.5e3 1.5e+3 12e03 -2E+05 .1e1 1e1000 1e e3000000 3e5a2b1 123e4 0e0 0x 0b 0o 0_ - + . .. ... -- --- +-1
    1f 1L 1k 10m 1h 0.1-beta v1.10 1/2 50% 1-1 12-34 \u0661\u0662 \u00bd \u2150 99999999999999999999 -.
"""

_TIMES = """
    0:0 00:00 07:00 08:00 12:30 12:30:45 22:22 1:2:3:4 -1:30 12:30.5 190:20:30.15 24:00 1:60 2012-10-17 2012-1-1 2012-13-45
    2001-12-14t21:59:43.10-05:00 2001-12-15T02:59:43.1Z 20121017 2012-10 -2012-10-17
"""

_TIMES_WITH_SPACES = ["2001-12-14 21:59:43.10 -5", "2001-12-14 21:59:43", "1 week", "3 days ago", "10 e3", "1 0", "0 2 * * *"]

_INDICATORS = """
    - -a --flag -1a ? ?a : :a :sym ::a a: a:b a::b a:b:c : , ,a [ ] [a] [a { } {a}
    {a: # #a a#b ! !a !!str & &a * *a **/*.py *.yml
    | |- > >- ' '' " "" 'a' "a" a' a" it's % %a %YAML @ @a ` `a` = == =a < << <<< <<a > $ $A ${A}
    $[[x]] $(x) ( (a) ) ; ^a a^ \\ \\n \\x41
    ~a ~/x . ./x ../x .base .gitlab-ci.yml ./template-export.yml ..a .a.b ._ ._1 .- / // /x _ __proto__ constructor length
    a,b a, a] a} a{b
"""

_TEXTS = [
    "",
    " ",
    "  ",
    " a",
    "a ",
    " a ",
    "a  b",
    "a: b",
    "a :b",
    "a : b",
    "a ::b",
    "a #b",
    "a# b",
    "a # b",
    "# a",
    "- a",
    "? a",
    ": a",
    "-  a",
    "- - a",
    "key: [a, b]",
    "{a: b}",
    "[a, b]",
    "! a",
    "!!str a",
    "%TAG ! x",
    "--- a",
    "... a",
    "a ---",
    "yes and no",
    "null and void",
    "true # not",
    'echo "a: b"',
    'echo "hello, world"',
    "echo 'it''s'",
    "echo \\",
    "[ -f x ] && y",
    'test -n "$A" || exit 1; echo {a,b}',
    "npm install --production",
    "aws cloudformation deploy --stack-name demo-$CI_PIPELINE_ID",
    '$CI_COMMIT_BRANCH == "main" && $X =~ /^a: b$/',
    "node:6.10",
    "python:3.12-slim",
    "http://x.org/a?b=c#d",
    "arn:aws:iam::012345678901:role/x",
    "AWS::Lambda::Function",
    "a:[b",
    'a:"b"',
    "a:{b}",
    "a:,b",
    "a?: b",
    "x" * 130,
    "x y " * 400 + "z",
    "long " * 190 + "end",
    "a\tb",
    "\ta",
    "a\t",
    "\t",
    "a\t#b",
    "a:\tb",
    "\0",
    "a\0b",
    "\a\b\x1b\x7f",
    "\x80\x9f",
    "a\rb",
    "a\r\nb",
    "\r",
    "a\x0bb\x0cc",
    "a\x1c\x1d\x1eb",
    "a\x85b",
    "\x85",
    "a\xa0b",
    "\xa0a\xa0",
    "a\xadb",
    "a\u2028b",
    "a\u2029b",
    "\ufeffa",
    "a\ufeffb",
    "\u200ba\u200d\u202eb",
    "\u3000a\u3000",
    "\u1680a\u180eb\u061c",
    "a\ufffeb\uffff",
    "\ufdd0\ue000\U0001fffe\U000e0041\U0010ffff",
    "Größe",
    "ü",
    "naïve: no",
    "日本語",
    "日本語 テスト: x",
    "\uff1a",
    "😀",
    "build 🚀 now",
    "👩\u200d💻 ⚠\ufe0f",
    "é" * 600,
]

_MULTILINE = [
    "\n",
    "\n\n",
    "a\n",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "a\n\n\n",
    "a\n\nb",
    "\na",
    "\n\na\n",
    "\n a",
    " a\nb",
    "  a\n b\n",
    "   \n",
    "   \na",
    " \na",
    "a\n ",
    "a\n \n",
    "a\n  \nb",
    "a\n   \n  b\n",
    "a \nb",
    "a\t\nb",
    "a\n\tb",
    "\ta\nb",
    "\n\ta",
    " \ta\nb",
    "a\n\t\nb",
    "#a\nb",
    "# a\n# b\n",
    "a: b\nc: d\n",
    "- a\n- b",
    "---\na",
    "a\n---\nb",
    "...\na\n",
    "a\n...\n",
    "%a\nb",
    "|\na",
    "> a\nb",
    "'a\nb'",
    '"a\nb"',
    "yes\nno",
    "no\n\nno",
    "1\n2",
    "ü\n😀\n",
    "a\x85\nb",
    "a\u2028\nb",
    "a\r\nb\r\n",
    "a\n\0",
    "\ufeffa\nb",
    "if true; then\n  echo a: b # c\nfi\n",
    "cat <<EOF\n\tx\n  y\nEOF\n",
    "a\\\nb",
    ("x" * 300 + "\n") * 3,
    "a\n" * 30,
    "\n" * 3 + "  x\n" + "\n" * 3,
    "a b\n" + " " * 20 + "deep\n",
]

TRICKY = list(dict.fromkeys([*f"{_WORDS} {_NUMBERS} {_TIMES} {_INDICATORS}".split(), *_TIMES_WITH_SPACES, *_TEXTS, *_MULTILINE]))

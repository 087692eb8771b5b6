# Reads a JSON array of conditions with the values of their variables from stdin, and prints what Ruby makes of each:
# true or false, or null if it is no condition. Operators wait on a stack until one that binds less tightly follows.
# Ruby's own operators decide about values. Its regular expressions stand for RE2's, so the patterns must mean the same in both.
require 'json'
require 'strscan'

Encoding.default_external = Encoding::UTF_8

TOKENS = {
  open: /\(/, close: /\)/, variable: /\$\w+/, text: /"[^"\n]*"|'[^'\n]*'/, pattern: %r{/([^/]|\\/)+[^\\]/[ismU]*},
  null: /null/, boolean: /\b(true|false)\b/, equal: /==/, found: /=~/, unequal: /!=/, missing: /!~/, and: /&&/, or: /\|\|/, not: /!/
}.freeze
LEVELS = { not: 1, equal: 10, found: 10, unequal: 10, missing: 10, and: 11, or: 12 }.freeze

class Fault < StandardError; end

def tokens(text)
  scanner = StringScanner.new(text)
  found = []
  loop do
    scanner.skip(/\s+/)
    return found if scanner.eos?

    kind = TOKENS.keys.find { |name| scanner.scan(TOKENS[name]) } or return nil
    found << [kind, scanner.matched]
  end
end

# Returns the tokens with each operator after its operands, or nil.
def postfix(tokens)
  output = []
  waiting = []
  value_before = false
  tokens.each do |kind, text|
    follows = %i[close equal found unequal missing and or].include?(kind)
    return nil if follows != value_before

    if kind == :open || kind == :not
      waiting << kind
    elsif kind == :close
      output << [waiting.pop] while waiting.any? && waiting.last != :open
      return nil if waiting.empty?

      waiting.pop
    elsif LEVELS.key?(kind)
      output << [waiting.pop] while waiting.any? && waiting.last != :open && LEVELS[waiting.last] <= LEVELS[kind]
      waiting << kind
    else
      output << [kind, text]
    end
    value_before = !follows && !%i[open not].include?(kind) || kind == :close
  end
  return nil if waiting.include?(:open) || !value_before

  output + waiting.reverse.map { |kind| [kind] }
end

def present?(value)
  value.is_a?(String) ? !value.match?(/\A[[:space:]]*\z/) : !!value
end

def regexp(literal)
  match = literal.gsub('\/', '/').match(%r{\A/(.*)/([is]*)\z}) or return nil
  Regexp.new(match[1], (match[2].include?('i') ? Regexp::IGNORECASE : 0) | (match[2].include?('s') ? Regexp::MULTILINE : 0))
rescue RegexpError
  nil
end

# GitLab's class of regular expressions has no text of its own.
def text(value)
  value.is_a?(Regexp) ? '#<Gitlab::UntrustedRegexp>' : value.to_s
end

def found?(left, right)
  return false unless right
  raise Fault if right == true

  right = regexp(right) || right if right.is_a?(String)
  (right.is_a?(Regexp) ? text(left).scan(right) : right.scan(text(left))).any?
end

def equal?(left, right)
  raise Fault if left.is_a?(Regexp) && !right.is_a?(Regexp)

  mixed = [[String, true], [String, false]].any? { |kind, value| [left, right].any?(kind) && [left, right].include?(value) }
  mixed ? left.to_s == right.to_s : left == right
end

# The operands are functions, so that the right side of && and || is not computed if the left side decides.
def operation(kind, left, right)
  case kind
  when :equal then -> { equal?(left.call, right.call) }
  when :unequal then -> { !equal?(left.call, right.call) }
  when :found then -> { found?(left.call, right.call) }
  when :missing then -> { !found?(left.call, right.call) }
  when :and then -> { left.call && right.call }
  when :or then -> { left.call || right.call }
  end
end

def value(kind, text, variables)
  case kind
  when :variable then variables[text[1..]]
  when :text then text[1..-2]
  when :pattern then regexp(text)
  when :boolean then text == 'true'
  end
end

def verdict(text, variables)
  order = tokens(text)&.then { |found| postfix(found) } or return nil
  stack = []
  order.each do |kind, word|
    if kind == :not
      operand = stack.pop
      stack << -> { !present?(operand.call) }
    elsif LEVELS.key?(kind)
      right = stack.pop
      stack << operation(kind, stack.pop, right)
    else
      stack << -> { value(kind, word, variables) }
    end
  end
  present?(stack.pop.call)
rescue Fault
  false
end

puts JSON.generate(JSON.parse($stdin.read).map { |text, variables| verdict(text, variables) })

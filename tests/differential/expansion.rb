# Reads a JSON array of collections of variables from stdin, and prints what each holds after Ruby's `tsort` and `gsub`:
# the keys with their values in the order of expansion, for GitLab and for the runner; or the circles.
require 'json'
require 'tsort'

Encoding.default_external = Encoding::UTF_8

REFERENCE = /\$\$|%%|\$(?<key>[a-zA-Z_][a-zA-Z0-9_]*)|\$\{\g<key>\}|%\g<key>%/

# Equal variables are different ones.
class Variable
  attr_reader :key, :value

  def initialize(fields)
    @key, @value, @raw, @file = fields.values_at('key', 'value', 'raw', 'file')
  end

  def names
    closed? ? [] : value.scan(REFERENCE).flatten.compact
  end

  def closed?
    @raw || value.nil?
  end

  def kept?(runner)
    runner && (@raw || @file)
  end
end

class Collection
  include TSort

  def initialize(variables)
    @variables = variables
    @all = variables.group_by(&:key)
  end

  def tsort_each_node(&block)
    @variables.each(&block)
  end

  def tsort_each_child(variable, &block)
    variable.names.flat_map { |name| @all.fetch(name, []) }.each(&block)
  end

  def circles
    each_strongly_connected_component.select { |group| group.size > 1 }.map { |group| group.map(&:key) }
  end

  def expanded(runner)
    latest = {}
    tsort.map do |variable|
      value = variable.closed? ? variable.value : filled(variable.value, latest, runner)
      latest[variable.key] = [variable, value]
      [variable.key, value]
    end
  end

  def filled(text, latest, runner)
    text.gsub(REFERENCE) do |written|
      name = Regexp.last_match[:key]
      other, value = latest[name]
      keeps = name.nil? || (other ? other.kept?(runner) : runner)
      keeps ? written : value
    end
  end
end

answers = JSON.parse($stdin.read).map do |variables|
  collection = Collection.new(variables.map { |fields| Variable.new(fields) })
  circles = collection.circles
  circles.any? ? { circles: circles } : { expanded: collection.expanded(false), runner: collection.expanded(true) }
end
puts JSON.generate(answers)

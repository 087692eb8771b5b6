# Reads a JSON array of YAML texts from stdin, and prints the values that GitLab's loader returns for them.
require 'json'
require 'yaml'

def typed(value)
  case value
  when String then ['str', value]
  when true, false then ['bool', value]
  when nil then ['null']
  when Numeric then ['num', value.to_s]
  when Array then ['seq', value.map { |item| typed(item) }]
  when Hash then ['map', value.map { |key, item| [typed(key), typed(item)] }]
  else ['other', value.class.name, value.to_s]
  end
end

Encoding.default_external = Encoding::UTF_8
answers = JSON.parse($stdin.read).map do |text|
  typed(YAML.safe_load(text, permitted_classes: [Symbol], aliases: true))
rescue Exception => e # Psych raises ArgumentError and others.
  ['error', e.message.scrub]
end
puts JSON.generate(answers)

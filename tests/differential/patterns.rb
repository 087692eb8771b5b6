# Reads a JSON array of regular expressions with texts from stdin, and prints for each pair whether Ruby finds one in the other,
# or null if Ruby rejects the expression.
require 'json'

$VERBOSE = nil
Encoding.default_external = Encoding::UTF_8
answers = JSON.parse($stdin.read).map do |pattern, text|
  Regexp.new(pattern).match?(text)
rescue RegexpError
  nil
end
puts JSON.generate(answers)

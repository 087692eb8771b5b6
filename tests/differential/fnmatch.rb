# Reads a JSON array of globs with their paths from stdin, and prints for each pair whether Ruby matches them.
require 'json'

FLAGS = File::FNM_PATHNAME | File::FNM_DOTMATCH | File::FNM_EXTGLOB
Encoding.default_external = Encoding::UTF_8
puts JSON.generate(JSON.parse($stdin.read).map { |glob, path| File.fnmatch?(glob, path, FLAGS) })

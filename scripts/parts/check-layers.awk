# The rules of scripts/check-layers, which runs this over the project's Swift and C files. Layers, their order and what
# each may import are read from Package.swift; nothing of that is listed here. POSIX awk; `most_lines` and `most_files` are given.

function broken_at(place, message) {
  print place ": " message
  failed = 1
}

function broken(message) { broken_at(FILENAME ":" FNR, message) }

# balanced(text, closing): the start of a text up to the bracket that closes what was opened before it.
function balanced(text, closing,    opening, depth, inString, i, c) {
  opening = closing == ")" ? "(" : "["
  depth = 1
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\"") inString = !inString
    if (inString) continue
    if (c == opening) depth++
    if (c == closing && --depth == 0) return substr(text, 1, i - 1)
  }
  return text
}

# quoted(text): the first string literal, without its quotes; `after_quoted` is the text behind it.
function quoted(text,    start) {
  start = index(text, "\"")
  if (!start) return ""
  text = substr(text, start + 1)
  after_quoted = substr(text, index(text, "\"") + 1)
  return substr(text, 1, index(text, "\"") - 1)
}

# labelled(label, text): the string literal that stands behind `label:`, or an empty string.
function labelled(label, text) {
  return match(text, label ":[ \n]*\"") ? quoted(substr(text, RSTART)) : ""
}

function read_package(    line, text) {
  while ((getline line < "Package.swift") > 0) {
    sub(/(^|[ \t])\/\/.*/, "", line)
    text = text line "\n"
  }
  while (match(text, /\.(systemLibrary|target|executableTarget|testTarget|library)\(/)) {
    kind = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH)
    line = balanced(text, ")")
    text = substr(text, length(line) + 1)
    if (kind == "library") products[++product_count] = labelled("name", line)
    else read_target(kind, line)
  }
  if (!layer_count) broken_at("Package.swift", "no targets are found in it")
}

function read_target(kind, text,    name, path, module) {
  # A target that depends on another one with a trait only depends on it.
  gsub(/,[ \n]*condition:[ \n]*\.when\([^)]*\)/, "", text)
  name = labelled("name", text)
  path = labelled("path", text)
  if (path == "") path = (kind == "testTarget" ? "Tests/" : "Sources/") name
  module = name
  gsub(/-/, "_", module)
  if (path ~ /^Tests\//) is_for_tests[module] = 1
  if (path !~ /^(Sources|Benchmarks)\//) return
  layers[++layer_count] = name
  position[name] = position[module] = layer_count
  target_of[path] = name
  if (kind == "executableTarget" || name == "LatentCommand") is_program[name] = 1
  if (name ~ /^C[A-Z]/) is_c[name] = 1
  if (kind == "systemLibrary") read_headers(name, path)
  read_dependencies(name, text)
}

function read_dependencies(target, text,    list, dependency) {
  if (!match(text, /dependencies:[ \n]*/)) return
  text = substr(text, RSTART + RLENGTH)
  list = balanced(substr(text, 2), "]")
  if (text !~ /^\[/ || substr(text, length(list) + 3) !~ /^[ \n]*(,|$)/) {
    broken_at("Package.swift", "the dependencies of " target " are not a plain list, which this check could read")
    return
  }
  while (match(list, /\.product\(/)) {
    dependency = balanced(substr(list, RSTART + RLENGTH), ")")
    list = substr(list, 1, RSTART - 1) substr(list, RSTART + RLENGTH + length(dependency) + 1)
    add_dependency(target, labelled("name", dependency), 1)
  }
  while ((dependency = quoted(list)) != "") {
    list = after_quoted
    add_dependency(target, dependency, 0)
  }
}

function add_dependency(target, name, isExternal) {
  depends[target, name] = 1
  if (isExternal || name in is_c) {
    wraps[target, name] = 1
    owners[name] = owners[name] (owners[name] == "" ? "" : ", ") target
    owner_count[name]++
    if (isExternal) is_external[name] = 1
  } else if (!(name in position) || position[name] >= position[target]) {
    broken_at("Package.swift", target " depends on " name ", which is not above it")
  }
}

# read_headers(library, folder): the headers that a system library's shim or module map names are its alone.
function read_headers(library, folder,    file, line, found, i, files) {
  split("shim.h module.modulemap", files, " ")
  for (i = 1; i <= 2; i++) {
    file = folder "/" files[i]
    while ((getline line < file) > 0) {
      if (line !~ /^[ \t]*(#[ \t]*include|(umbrella[ \t]+)?header)[ \t]*[<"]/ || line ~ /"shim\.h"/) continue
      line = header_stem(line)
      if (line ~ standard_c) continue
      if (!(line in header_owner)) header_owner[line] = library
      else if (header_owner[line] != library) broken_at(file, "a header of " header_owner[line] " is included by its shim.h only")
      found = 1
    }
    close(file)
  }
  if (!found) broken_at(folder, "no header of the library is found in shim.h or module.modulemap")
}

# header_stem(line): `cairo` of `#include <cairo/cairo-svg.h>`: a library's further headers are its own, too.
function header_stem(line) {
  sub(/^[^<"]*[<"]/, "", line)
  sub(/[>"].*/, "", line)
  sub(/.*\//, "", line)
  sub(/\.h$/, "", line)
  sub(/-.*/, "", line)
  return line
}

function check_owners(    i, name) {
  for (i = 1; i <= layer_count; i++) {
    name = layers[i]
    if (name in is_c && owner_count[name] != 1) {
      broken_at("Package.swift", name " is to be a dependency of one target, the one that wraps it, and is one of " \
        (owner_count[name] ? owners[name] : "none"))
    }
  }
}

# check_table(file): the rows under "## Layers" are the targets in order, with what C modules and packages each imports.
function check_table(file,    line, number, isInside, cells, count, i, row, names, name, at) {
  while ((getline line < file) > 0) {
    number++
    if (line ~ /^## /) isInside = line == "## Layers"
    if (!isInside || line !~ /^\| `/) continue
    count = split(line, cells, "|")
    count = split(cells[2], names, "`")
    for (i = 2; i <= count; i += 2) {
      row++
      if (layers[row] != names[i]) {
        broken_at(file ":" number, "the table has " names[i] " where Package.swift has " \
          (layers[row] == "" ? "no further target" : layers[row]))
        return
      }
      check_wraps(file ":" number, names[i], cells[4])
    }
  }
  if (row < layer_count) broken_at(file, "the table under Layers lacks " layers[row + 1])
}

function check_wraps(place, target, cell,    names, count, i, key, pair, said) {
  count = split(cell, names, "`")
  for (i = 2; i <= count; i += 2) {
    said[names[i]] = 1
    if (!((target, names[i]) in wraps)) {
      broken_at(place, "the table says that " target " imports " names[i] "; Package.swift does not")
    }
  }
  for (key in wraps) {
    split(key, pair, SUBSEP)
    if (pair[1] == target && !(pair[2] in said)) broken_at(place, "the table does not say that " target " imports " pair[2])
  }
}

# check_landing_page(file): the rows of its table are the library products, in order.
function check_landing_page(file,    line, number, row, cells) {
  row = 1  # the first product is the page's own
  while ((getline line < file) > 0) {
    number++
    if (line !~ /^\| ``/) continue
    split(line, cells, "``")
    if (products[++row] != cells[2]) {
      broken_at(file ":" number, "the table has " cells[2] " where Package.swift has " \
        (products[row] == "" ? "no further product" : products[row]))
      return
    }
  }
  if (row < product_count) broken_at(file, "the table of libraries lacks " products[row + 1])
}

# imported(line): the module that a line imports, or an empty string.
function imported(line) {
  sub(/^[ \t]+/, "", line)
  while (sub(/^(@[A-Za-z_]+(\([^)]*\))?|public|package|internal|fileprivate|private)[ \t]+/, "", line)) {}
  if (!sub(/^import[ \t]+/, "", line)) return ""
  sub(/^(struct|class|enum|protocol|typealias|func|var|let)[ \t]+/, "", line)
  sub(/[^A-Za-z0-9_].*/, "", line)
  return line
}

function check_import(target, module) {
  if (module == "ArgumentParser" && !(target in is_program)) {
    broken(target " imports ArgumentParser, which is for programs only")
  } else if ((target, module) in depends) {
    return
  } else if (module in position && position[module] >= position[target]) {
    broken(target " imports " module ", which is not above it in Package.swift")
  } else if (module in is_c || module in is_external) {
    broken(target " imports " module ", which only " owners[module] " may")
  } else if (module in position) {
    broken(target " imports " module ", which is not among its dependencies in Package.swift")
  }
}

BEGIN {
  # What a shim may include before its library, and anybody else as well.
  standard_c = "^(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|std[a-z]*|string|" \
    "tgmath|threads|time|uchar|wchar|wctype)$"
  read_package()
  check_owners()
  if (failed) exit  # the rest is measured by Package.swift
  check_table("docs/architecture.md")
  check_landing_page("Sources/Latent/Latent.docc/Latent.md")
}

FNR == 1 {
  split(FILENAME, parts, "/")
  top = parts[1]
  target = (top "/" parts[2]) in target_of ? target_of[top "/" parts[2]] : parts[2]
  if (top == "Sources" && !(target in position) && !(target in reported)) {
    broken("Package.swift has no target " target)
    reported[target] = 1
  }
  if (FILENAME ~ /\.c$/ && !(top == "Sources" && target ~ /^CLatent/) && !(top == "Tests" && target ~ /Support/)) {
    broken("C code belongs in Sources/CLatentKernels, or in a thin layer over a library, Sources/CLatent...")
  }
}

FNR == 1 {
  folder = FILENAME
  sub(/\/[^\/]*$/, "", folder)
  if (++files[folder] == most_files + 1) broken_at(folder, "over " most_files " files of source code")
}

FNR == most_lines + 1 && FILENAME !~ /\.pb\.swift$/ { broken("over " most_lines " lines") }

/import/ && FILENAME ~ /\.swift$/ {
  count = split($0, statements, ";")
  for (i = 1; i <= count; i++) {
    module = imported(statements[i])
    if (module == "") continue
    if ((top == "Sources" || top == "Benchmarks") && target in position) check_import(target, module)
    else if (top == "Benchmarks" && (module in is_c || module in is_external)) {
      broken("imports " module ", which only " owners[module] " may: benchmarks measure what users call")
    }
    if (top != "Tests" && module in is_for_tests) broken("imports " module ", which only tests may")
    if (top == "Tests" && module == "XCTest") broken("imports XCTest: tests are written with Swift Testing")
  }
}

/public / && top == "Sources" && FILENAME ~ /\.swift$/ && !/^[ \t]*\/\// && /Unsafe(Mutable)?(Raw)?Pointer/ {
  broken("a public declaration has a raw pointer: lend a buffer to a closure instead")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
  stem = header_stem($0)
  # C that is a layer over the library includes it as it is.
  if (stem in header_owner && FILENAME != "Sources/" header_owner[stem] "/shim.h" && !wraps[target, header_owner[stem]]) {
    broken("a header of " header_owner[stem] " is included by its shim.h only")
  }
}

END { exit failed }

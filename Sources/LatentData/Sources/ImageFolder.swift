import LatentFiles

/// The pictures in a folder, in the order of the data set that they make.
struct ImageFolder {
  let path: String
  /// The paths of the pictures.
  let files: [String]
  /// The class of each by its number, and what the classes are called; nil where the folder has no folders of pictures.
  let labels: [Int]?
  let classNames: [String]?
  /// Files that are no pictures, hidden ones apart.
  let ignored: Int

  /// - Returns: nil where there are no pictures
  /// - Throws: where pictures lie both beside folders of pictures and inside of them
  init?(_ path: String) throws(DataError) {
    let own = Listing(path)
    let below = own.folders.map { name in (name: name, found: Self.pictures(in: path + "/" + name, depth: 0)) }
    let classes = below.filter { !$0.found.files.isEmpty }
    ignored = below.reduce(own.others) { $0 + $1.found.ignored }
    self.path = path
    if classes.isEmpty {
      if own.pictures.isEmpty { return nil }
      (labels, classNames) = (nil, nil)
      files = own.pictures.map { path + "/" + $0 }
      return
    }
    guard own.pictures.isEmpty else {
      throw .anotherFormat(
        path: path,
        help:
          "has pictures beside folders of pictures, such as \(quoted(own.pictures[0])) and \(quoted(classes[0].name)); "
          + "put each into the folder of its class")
    }
    guard classes.count <= 256 else {
      throw .anotherFormat(path: path, help: "has \(classes.count) folders of pictures; there may be 256 classes")
    }
    let all = Self.mixed(classes.map(\.found.files))
    labels = all.map(\.label)
    files = all.map { path + "/" + classes[$0.label].name + "/" + $0.file }
    classNames = classes.map(\.name)
  }

  /// Whether there is a picture in a folder, or in one of its folders. A path to all of a disk is asked about, too: after some
  /// thousand names that may be folders there is none.
  static func hasPictures(_ path: String) -> Bool {
    var left = 10_000
    func search(_ path: String, depth: Int) -> Bool {
      let names = (AtomicFile.names(in: path) ?? []).filter { !$0.hasPrefix(".") }
      if names.contains(where: isPicture) { return true }
      if depth == 3 { return false }
      for name in names {
        left -= 1
        if left < 0 { return false }
        let inner = path + "/" + name
        if FileKind(path: inner) == .folder, search(inner, depth: depth + 1) { return true }
      }
      return false
    }
    return search(path, depth: 0)
  }

  private static func isPicture(_ name: String) -> Bool {
    ImageFile.endings.contains(where: name.lowercased().hasSuffix)
  }

  /// The pictures of all classes in one order, of which each part has its share of every class: the last part of a data set is
  /// for validation. Where all names are numbers, none of them twice, they are the order.
  private static func mixed(_ classes: [[String]]) -> [(label: Int, file: String)] {
    let all = classes.enumerated().flatMap { label, files in files.map { (label: label, file: $0) } }
    let numbers = all.map { NaturalOrder.number(of: $0.file) }
    if !numbers.contains(nil) && Set(numbers).count == numbers.count {
      return all.indices.sorted { numbers[$0]! < numbers[$1]! }.map { all[$0] }
    }
    // Picture i of n stands at (2 i + 1) / 2 n of the way.
    let places = classes.flatMap { files in files.indices.map { (2 * $0 + 1, files.count) } }
    return all.indices.sorted { a, b in
      let (left, right) = (places[a].0 * places[b].1, places[b].0 * places[a].1)
      return left != right ? left < right : all[a].label < all[b].label
    }.map { all[$0] }
  }

  /// The pictures in a folder and below it, by their paths from there.
  private static func pictures(in path: String, depth: Int) -> (files: [String], ignored: Int) {
    let own = Listing(path)
    var (files, ignored) = (own.pictures, own.others)
    // Not deeper: a link may lead to a folder above it, and a path to all of a disk.
    for name in own.folders where depth < 2 {
      let below = pictures(in: path + "/" + name, depth: depth + 1)
      files += below.files.map { name + "/" + $0 }
      ignored += below.ignored
    }
    return (files, ignored)
  }

  /// What is in a folder and not hidden, in natural order.
  private struct Listing {
    private(set) var pictures: [String] = []
    private(set) var folders: [String] = []
    private(set) var others = 0

    init(_ path: String) {
      let names = (AtomicFile.names(in: path) ?? []).filter { !$0.hasPrefix(".") }
      for name in names.map(NaturalOrder.init).sorted().map(\.name) {
        if ImageFolder.isPicture(name) {
          pictures.append(name)
        } else if FileKind(path: path + "/" + name) == .folder {
          folders.append(name)
        } else {
          others += 1
        }
      }
    }
  }
}

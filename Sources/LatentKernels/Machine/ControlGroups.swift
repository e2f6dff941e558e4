/// The control groups (cgroups) of a process: what a container, a service manager or a batch system lets it use.
///
/// In version 2 a process is in one group for everything; in version 1 in one for each controller (`cpu`, `memory`); a
/// system may have both. A group's folder is where its hierarchy is mounted, and a container often sees a part of the
/// hierarchy only. What groups above it allow counts as well, so that the smallest of all limits does.
///
/// Nothing here reads a file: texts come in and numbers come out.
struct ControlGroups: Sendable {
  /// A function from a file's path to its text; nil if there is none.
  typealias Read = (String) -> String?

  /// Folders of version 2, from the process's own group up to the highest that can be seen.
  private let unified: [String]
  /// The same in version 1 for each controller.
  private let controllers: [String: [String]]

  /// - Parameters:
  ///   - memberships: `/proc/self/cgroup`, lines such as `0::/user.slice` and `4:cpu,cpuacct:/docker/1a2b`
  ///   - mounts: `/proc/self/mountinfo`
  init(memberships: String, mounts: String) {
    let mounts = mounts.split(separator: "\n").compactMap(Mount.init)
    var unified: [String] = []
    var controllers: [String: [String]] = [:]
    for line in memberships.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].hasPrefix("/") else { continue }
      let group = String(fields[2])
      if fields[1].isEmpty {
        unified += Self.folders(of: group, in: mounts.filter(\.isUnified))
      } else {
        for controller in fields[1].split(separator: ",").map(String.init) {
          controllers[controller, default: []] += Self.folders(
            of: group, in: mounts.filter { !$0.isUnified && $0.options.contains(controller) })
        }
      }
    }
    (self.unified, self.controllers) = (unified, controllers)
  }

  /// Those of this process; nil where the system has none.
  static var own: ControlGroups? {
    guard let memberships = Machine.textFile("/proc/self/cgroup"), let mounts = Machine.textFile("/proc/self/mountinfo")
    else { return nil }
    return ControlGroups(memberships: memberships, mounts: mounts)
  }

  /// The smallest quota of processors' time, in processors.
  func processors(_ read: Read) -> Double? {
    let new = unified.compactMap { folder -> Double? in
      // "50000 100000" microseconds of each 100,000, or "max 100000"
      let words = read(folder + "/cpu.max").map(Self.words) ?? []
      return Self.quota(words.first, of: words.count > 1 ? words[1] : "100000")
    }
    let old = controllers["cpu", default: []].compactMap { folder -> Double? in
      Self.quota(Self.word(read(folder + "/cpu.cfs_quota_us")), of: Self.word(read(folder + "/cpu.cfs_period_us")))
    }
    return (new + old).min()
  }

  /// The smallest limit of memory, in bytes.
  func memoryBytes(_ read: Read) -> Int? {
    let files =
      unified.map { $0 + "/memory.max" } + controllers["memory", default: []].map { $0 + "/memory.limit_in_bytes" }
    return files.compactMap { Self.word(read($0)).flatMap { Int($0) } }.filter { $0 > 0 }.min()
  }

  /// Microseconds of each period; nil for "max", -1, or what is no number.
  private static func quota(_ quota: Substring?, of period: Substring?) -> Double? {
    guard let quota = quota.flatMap({ Int($0) }), let period = period.flatMap({ Int($0) }), quota > 0, period > 0 else {
      return nil
    }
    return Double(quota) / Double(period)
  }

  private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
  private static func word(_ text: String?) -> Substring? { text.flatMap { words($0).first } }

  /// The folders of a group and of all above it that a mount shows.
  private static func folders(of group: String, in mounts: [Mount]) -> [String] {
    let paths = mounts.compactMap { mount in mount.path(of: group).map { (mount.point, $0) } }
    // A container may see its group's name as the host has it, and the mount as if it were the root: then the mount's own
    // folder is the group.
    if paths.isEmpty { return mounts.prefix(1).map(\.point) }
    return paths.flatMap { point, path in
      var names = path.split(separator: "/")
      var folders: [String] = []
      while true {
        folders.append(([point == "/" ? "" : point] + names.map(String.init)).joined(separator: "/"))
        if names.popLast() == nil { return folders }
      }
    }
  }
}

/// A line of `/proc/self/mountinfo` that mounts control groups.
private struct Mount {
  /// The group that is seen at the mount's own folder.
  let root: String
  let point: String
  let isUnified: Bool
  /// Of version 1: the controllers, among others.
  let options: Set<String>

  /// `33 31 0:30 /root /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct`
  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 1 else { return nil }
    let type = fields[dash + 1]
    guard type == "cgroup" || type == "cgroup2" else { return nil }
    isUnified = type == "cgroup2"
    (root, point) = (Self.unescaped(fields[3]), Self.unescaped(fields[4]))
    options = Set(fields.count > dash + 3 ? fields[dash + 3].split(separator: ",").map(String.init) : [])
  }

  /// A group's path below the mount's folder; nil where the mount doesn't show it.
  func path(of group: String) -> Substring? {
    if root == "/" { return group[...] }
    guard group.hasPrefix(root) else { return nil }
    let rest = group.dropFirst(root.count)
    return rest.isEmpty || rest.hasPrefix("/") ? rest : nil
  }

  /// With `\040` and the like as the characters that they stand for.
  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.popFirst() {
      let digits = rest.prefix(3)
      if first == UInt8(ascii: "\\"), digits.count == 3,
        let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(byte)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(first)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

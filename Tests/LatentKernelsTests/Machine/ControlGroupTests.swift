import Foundation
import Testing

@testable import LatentKernels

/// What control groups allow, as the kernel's files of common systems say it.
@Suite struct ControlGroupTests {
  private func groups(_ memberships: String, _ mounts: String) -> ControlGroups {
    ControlGroups(memberships: memberships, mounts: mounts)
  }

  private func processors(_ memberships: String, _ mounts: String, _ files: [String: String]) -> Double? {
    groups(memberships, mounts).processors { files[$0] }
  }

  private let unified =
    "29 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate"

  /// A service of systemd with `CPUQuota=150%` in a slice with `CPUQuota=400%`: the smallest counts, wherever it is.
  @Test func service() {
    let file = "0::/system.slice/train.service\n"
    let slice = "/sys/fs/cgroup/system.slice"
    func quota(own: String, slice text: String) -> Double? {
      processors(
        file, "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + unified + "\n",
        [slice + "/train.service/cpu.max": own, slice + "/cpu.max": text])
    }
    #expect(quota(own: "150000 100000\n", slice: "400000 100000\n") == 1.5)
    #expect(quota(own: "max 100000\n", slice: "400000 100000\n") == 4)
    #expect(quota(own: "25000 50000\n", slice: "max 100000\n") == 0.5)
    #expect(quota(own: "max 100000\n", slice: "max 100000\n") == nil)
  }

  /// `docker run --cpus 0.5` on a system with version 2: the container sees its own group as the root.
  @Test func container() {
    let mounts = "612 611 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n"
    #expect(processors("0::/\n", mounts, ["/sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 0.5)
    // Without a name space of its own, the host's name stands for what the mount shows.
    let id = "/docker/4f1d"
    #expect(
      processors(
        "0::\(id)\n", mounts.replacing("0:27 /", with: "0:27 \(id)"), ["/sys/fs/cgroup/cpu.max": "50000 100000\n"])
        == 0.5)
    #expect(processors("0::\(id)\n", mounts, ["/sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 0.5)
  }

  /// A pod of Kubernetes with version 1, whose mounts show the pod's part of each hierarchy.
  @Test func pod() {
    let pod = "/kubepods/burstable/pod8c2f/0a1b"
    let memberships = """
      12:memory:\(pod)
      4:cpu,cpuacct:\(pod)
      1:name=systemd:\(pod)
      """
    let mounts = """
      814 813 0:28 \(pod) /sys/fs/cgroup/systemd ro,relatime master:11 - cgroup cgroup rw,xattr,name=systemd
      815 813 0:31 \(pod) /sys/fs/cgroup/cpu,cpuacct ro,relatime master:15 - cgroup cgroup rw,cpu,cpuacct
      816 813 0:35 \(pod) /sys/fs/cgroup/memory ro,relatime master:19 - cgroup cgroup rw,memory
      """
    let files = [
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
    ]
    #expect(processors(memberships, mounts, files) == 2)
    #expect(groups(memberships, mounts).memoryBytes { files[$0] } == 536_870_912)
    let free = [
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ]
    #expect(processors(memberships, mounts, free) == nil)
  }

  /// Version 1 with version 2 beside it for systemd's own use, and a group of a group.
  @Test func hybrid() {
    let memberships = "4:cpu,cpuacct:/batch/job 7\n1:name=systemd:/user.slice\n0::/user.slice\n"
    let mounts = """
      33 30 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      34 30 0:30 / /sys/fs/cgroup/cpu\\040time rw,relatime - cgroup cgroup rw,cpu,cpuacct
      """
    let root = "/sys/fs/cgroup/cpu time"
    #expect(
      processors(
        memberships, mounts,
        [
          "\(root)/batch/cpu.cfs_quota_us": "30000", "\(root)/batch/cpu.cfs_period_us": "20000",
          "\(root)/batch/job 7/cpu.cfs_quota_us": "-1", "\(root)/batch/job 7/cpu.cfs_period_us": "100000",
        ]) == 1.5)
  }

  @Test func memory() {
    let files = ["/sys/fs/cgroup/a/memory.max": "max\n", "/sys/fs/cgroup/memory.max": "1073741824\n"]
    #expect(groups("0::/a/b", unified).memoryBytes { files[$0] } == 1 << 30)
    #expect(groups("0::/a/b", unified).memoryBytes { _ in nil } == nil)
  }

  /// Whatever the files hold, there is a number or none.
  @Test(arguments: [
    "", "max", "max max", "-1 100000", "0 100000", "100000 0", "100000 -5", "x 100000", "99999999999999999999 100000",
    "\u{0}\u{1}", "100000 100000 100000 x",
  ])
  func garbage(_ text: String) {
    let quota = processors("0::/", unified, ["/sys/fs/cgroup/cpu.max": text])
    #expect(quota == (text.hasPrefix("100000 100000") ? 1 : nil))
    for mounts in [text, unified + text, String(unified.prefix(60)), "- - - - - - - cgroup2"] {
      for memberships in [text, "0:", "::", "0::", "0::relative", "0::/../..", ":::::"] {
        _ = processors(memberships, mounts, [:])
      }
    }
  }

  /// A part of a processor counts as one, and affinity may allow fewer.
  @Test func cores() {
    #expect(Machine.cores(allowed: 8, quota: nil) == 8)
    #expect(Machine.cores(allowed: 8, quota: 0.5) == 1)
    #expect(Machine.cores(allowed: 8, quota: 1.5) == 2)
    #expect(Machine.cores(allowed: 8, quota: 2) == 2)
    #expect(Machine.cores(allowed: 2, quota: 1e300) == 2)
    #expect(Machine.cores(allowed: 0, quota: 0.001) == 1)
  }
}

#if os(Linux)
  import Foundation
  import LatentData
  import LatentFiles
  import TestSupport
  import Testing

  @Suite("Memory of loading")
  struct MemoryTests {
    /// A small file that promises 2 GB is refused for being short, on a machine that could not give 2 GB: the promise
    /// is never allocated. A sanitizer's own memory would not fit.
    @Test(.disabled(if: isSanitized), arguments: [false, true])
    func aHeaderAllocatesNothing(compressed: Bool) async {
      await #expect(processExitsWith: .success) { [compressed] in
        try limitMemory(toMore: 1 << 29)
        try #require(malloc(1 << 31) == nil, "the limit works")
        let folder = try TemporaryFolder()
        let file = idx(sizes: [1, 1 << 16, 1 << 15], elements: [1, 2, 3])
        try folder.write(compressed ? gzip(file) : file, as: Name.trainImages)
        let expected = DataError.tooShort(
          file: folder.file(Name.trainImages), declared: 16 + (1 << 31), found: file.count)
        #expect(throws: expected) { try ImageDataset.idx(folder: folder.path) }
      }
    }

    /// Images that are too large for memory stay in their file: one with a hole, on a machine that could not hold it.
    @Test(.disabled(if: isSanitized)) func largeFilesStayFiles() async {
      await #expect(processExitsWith: .success) {
        let (size, count) = (784, PixelPlace.largestInMemory / 784 + 1)
        try limitMemory(toMore: 1 << 27)
        try #require(malloc(count * size) == nil, "the limit works")
        let folder = try TemporaryFolder()
        try folder.write(idx(sizes: [UInt32(count), 28, 28], elements: []), as: Name.trainImages)
        let file = try #require(FileHandle(forUpdatingAtPath: folder.file(Name.trainImages)))
        try file.truncate(atOffset: UInt64(16 + count * size))
        try file.seek(toOffset: UInt64(16 + (count - 1) * size))
        try file.write(contentsOf: [UInt8](repeating: 255, count: size))
        let data = try ImageDataset.idx(folder: folder.path)
        #expect(data.count == count)
        let values = data.batch([count - 1, 5, 0]).values.floats
        #expect(values == (0..<3 * size).map { $0 < size ? 1 : 0 })
      }
    }
  }

  /// Lets the process have only so many more bytes of address space than it has now.
  private func limitMemory(toMore bytes: UInt) throws {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[0]
    let size = try #require(UInt(pages)) * UInt(sysconf(Int32(_SC_PAGESIZE))) + bytes
    var limit = rlimit(rlim_cur: size, rlim_max: size)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
  }
#endif

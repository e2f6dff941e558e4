import LatentReport
import Testing

@Suite struct FormatBytesTests {
  @Test(arguments: [
    (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (1641, "1.6 kB"), (9949, "9.9 kB"),
    (9951, "10 kB"), (999_400, "999 kB"), (999_600, "1.0 MB"), (2_023_000, "2.0 MB"), (139_264_000, "139 MB"),
    (3.8e12, "3.8 TB"), (9e18, "9.0 EB"), (5e21, "5000 EB"),
  ])
  func bytes(count: Double, expected: String) {
    #expect(Format.bytes(count) == expected)
  }
}

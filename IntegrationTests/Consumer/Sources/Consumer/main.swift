// What a client does with Latent from outside: everyday use, and one addition of each kind, checked against plain numbers.
import Foundation
import Latent

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latent-consumer-\(UUID().uuidString)").path
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

try checkEverydayUse()
try checkHighway()
checkLaplace()
try checkLastFirst()
checkExtremes()
checkRegularizedAutoencoder()
try checkTabSource(in: folder)
try checkWaves()
try checkRowModel(in: folder)
try checkFlatModel()
try checkRun(in: folder)
print("what this package adds works with Latent \(LatentVersion.current)")

// What a client does with Latent from outside: everyday use, and one addition of each kind, checked against plain numbers.
import Latent

try checkEverydayUse()
try checkHighway()
checkLaplace()
try checkWalks()
try checkRowModel()
print(
  "a layer, a likelihood, a source, an encoder and a decoder of this package's own work with Latent \(LatentVersion.current)")

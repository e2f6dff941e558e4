// What a client does with Latent from outside: everyday use, and one addition of each kind, checked against plain numbers.
import Latent

try checkEverydayUse()
try checkHighway()
checkLaplace()
try checkWalks()
print("a layer, a likelihood, a source of this package's own work with Latent \(LatentVersion.current)")

// Element types, workspaces, worker pools and the kernels that primitives are written with: whoever imports Latent has
// them, and writes primitives of their own the way Latent's are written.
@_exported import LatentKernels

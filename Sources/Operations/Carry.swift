internal import CredentialVault
internal import OAuthCore
internal import Providers
internal import Secrets

// A call of a lower module, with its error carried over into this one's. One function a module, because the error's
// type decides.

func ofVault<R: ~Copyable>(_ call: @autoclosure () throws(VaultError) -> R) throws(OperationError) -> R {
    do { return try call() } catch { throw .vault(error) }
}

func ofOAuth<R: ~Copyable>(_ call: @autoclosure () throws(OAuthError) -> R) throws(OperationError) -> R {
    do { return try call() } catch { throw .oauth(error) }
}

func ofProviders<R: ~Copyable>(
    _ call: @autoclosure () throws(ProvidersError) -> R
) throws(OperationError) -> R {
    do { return try call() } catch { throw .providers(error) }
}

func ofSecrets<R: ~Copyable>(_ call: @autoclosure () throws(SecretsError) -> R) throws(OperationError) -> R {
    do { return try call() } catch { throw .secrets(error) }
}

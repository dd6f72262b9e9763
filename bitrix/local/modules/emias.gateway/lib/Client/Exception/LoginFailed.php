<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The login by Gosuslugi came to nothing. */
final class LoginFailed extends Refused
{
}

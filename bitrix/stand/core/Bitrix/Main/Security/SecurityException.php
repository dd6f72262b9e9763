<?php

declare(strict_types=1);

namespace Bitrix\Main\Security;

final class SecurityException extends \RuntimeException
{
}

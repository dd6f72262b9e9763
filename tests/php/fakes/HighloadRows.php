<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\ORM\Data\DataManager;

final class HighloadRows extends DataManager
{
}

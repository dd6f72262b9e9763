<?php

declare(strict_types=1);

/** The administrator's page around installers and settings; `$right` is what the administrator may do with modules. */
class CMain
{
    /** @var list<string> titles of the pages that were shown */
    public array $shown = [];
    private ?CApplicationException $exception = null;

    public function __construct(private readonly string $right = 'W')
    {
    }

    public function ThrowException(string $text): void
    {
        $this->exception = new CApplicationException($text);
    }

    public function GetException(): CApplicationException|false
    {
        return $this->exception ?? false;
    }

    public function IncludeAdminFile(string $title, string $file): void
    {
        $this->shown[] = $title;
        include $file;
    }

    public function GetCurPage(): string
    {
        return '/bitrix/admin/partner_modules.php';
    }

    public function GetGroupRight(string $module): string
    {
        return $this->right;
    }

    public function AuthForm(string $message): never
    {
        throw new RuntimeException('AuthForm: ' . $message);
    }
}
